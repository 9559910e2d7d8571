package org.javisor.cli;

import java.util.Optional;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.image.Progress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The option of every command that may have to make an image. */
@Command
final class MirrorOption {
  @Option(
      names = "--mirror",
      paramLabel = "URI",
      description =
          "The Debian mirror images are made from; else that of $JAVISOR_MIRROR, of the configuration"
              + " file, or of this host's own package sources.")
  @Nullable String mirror;

  /** This host, whose images are made from that mirror. */
  Host host(Progress progress) {
    return new Host(
        DataFolder.open(DataFolder.locate(System.getenv())),
        System.getenv(),
        Optional.ofNullable(mirror),
        progress);
  }
}
