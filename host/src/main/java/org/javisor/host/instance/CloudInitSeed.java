package org.javisor.host.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.storage.fat.NoCloudSeed;
import org.javisor.storage.store.Sha256;

/**
 * What an instance's keys say to cloud-init in its guest: {@code cloud-init.user-data}, {@code
 * cloud-init.vendor-data} and {@code cloud-init.network-config}, or the same under {@code user.}.
 * The guest reads it from a disk of its own, in the instance's folder.
 */
final class CloudInitSeed {
  /** FAT cannot say an earlier year. */
  private static final long TIME = 315_532_800;

  private static final int ID_LENGTH = 32;

  private CloudInitSeed() {}

  /**
   * Makes the disk anew if what it says has changed, and removes it if there is nothing to say. A
   * guest that is told something else takes itself for a new instance, and configures itself again.
   *
   * @throws ProblemException if it is more than such a disk holds
   */
  static void prepare(Path folder, String name, Map<String, String> config) {
    String user = text(config, "user-data");
    String vendor = text(config, "vendor-data");
    String network = text(config, "network-config");
    Path file = folder.resolve(Host.SEED_FILE);
    try {
      if (user.isEmpty() && vendor.isEmpty() && network.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      byte[] all = String.join("\0", name, user, vendor, network).getBytes(StandardCharsets.UTF_8);
      String id = Sha256.digestOf(all).hex().substring(0, ID_LENGTH);
      new NoCloudSeed(
              "instance-id: " + id + "\nlocal-hostname: " + name + "\n",
              user,
              Optional.of(network).filter(text -> !text.isEmpty()),
              Optional.of(vendor).filter(text -> !text.isEmpty()))
          .write(file, TIME);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "what is said to cloud-init does not fit on a disk: " + e.getMessage(),
          "say less, or have it fetched from elsewhere");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Map<String, String> config, String key) {
    String own = config.getOrDefault("cloud-init." + key, "");
    return own.isEmpty() ? config.getOrDefault("user." + key, "") : own;
  }
}
