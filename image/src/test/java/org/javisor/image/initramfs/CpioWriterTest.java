package org.javisor.image.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;

/** The archive the kernel unpacks, read back by somebody else's reader. */
class CpioWriterTest {

  @Test
  void isReadBackAsItWasWritten() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CpioWriter cpio = new CpioWriter(out)) {
      cpio.characterDevice("dev/console", 0600, 5, 1);
      cpio.file("usr/bin/tool", 0755, "odd".getBytes(StandardCharsets.UTF_8));
      cpio.file("usr/bin/other", 0644, new byte[5000]);
      cpio.symbolicLink("bin", "usr/bin");
      cpio.directory("root", 0700);
    }
    assertThat(out.size() % 4).isZero();
    assertThat(entries(out.toByteArray()))
        .containsExactly(
            "40755 dev 0 ",
            "20600 dev/console 0  5:1",
            "40755 usr 0 ",
            "40755 usr/bin 0 ",
            "100755 usr/bin/tool 3 odd",
            "100644 usr/bin/other 5000 ",
            "120777 bin 7 usr/bin",
            "40700 root 0 ");
  }

  private static List<String> entries(byte[] archive) throws Exception {
    List<String> found = new ArrayList<>();
    try (CpioArchiveInputStream in =
        new CpioArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
      for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        String content =
            e.getSize() < 100 ? new String(in.readAllBytes(), StandardCharsets.UTF_8) : "";
        String device =
            e.isCharacterDevice()
                ? " " + e.getRemoteDeviceMaj() + ":" + e.getRemoteDeviceMin()
                : "";
        found.add(
            Long.toOctalString(e.getMode())
                + " "
                + e.getName()
                + " "
                + e.getSize()
                + " "
                + content
                + device);
      }
    }
    return found;
  }
}
