package org.javisor.image.openpgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.javisor.image.ImageLibrary;
import org.junit.jupiter.api.Test;

/** The certificates we ship are the ones Debian ships. */
class DebianKeyringTest {

  @Test
  void areThoseOfDebiansTrixieArchive() throws Exception {
    assertThat(ours().fingerprints())
        .containsExactly(
            "04b54c3cdca79751b16bc6b5225629df75b188bd", "41587f7db8c774bccf131416762f67a0b2c39de4");
  }

  @Test
  void areThoseOfTheHostsKeyring() throws Exception {
    List<String> fingerprints = new ArrayList<>();
    for (String kind : List.of("automatic", "stable")) {
      Path file = Path.of("/usr/share/keyrings/debian-archive-trixie-" + kind + ".gpg");
      assumeTrue(Files.exists(file), "skipped: the package debian-archive-keyring is not here");
      fingerprints.addAll(Keyring.read(file).fingerprints());
    }
    assertThat(ours().fingerprints()).isEqualTo(fingerprints);
  }

  private static Keyring ours() throws Exception {
    try (InputStream in =
        ImageLibrary.class.getResourceAsStream("debian/debian-archive-trixie.asc")) {
      return Keyring.parse(in.readAllBytes());
    }
  }
}
