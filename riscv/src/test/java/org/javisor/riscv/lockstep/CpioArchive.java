package org.javisor.riscv.lockstep;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Files for an initial RAM disk, in the kernel's format ("newc"). */
final class CpioArchive {
  private static final int ALIGNMENT = 4;
  private static final String TRAILER = "TRAILER!!!";

  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private int files;

  /** Begins behind an archive, which may be compressed; a file here replaces one of its. */
  CpioArchive(byte[] before) {
    content.writeBytes(before);
    align();
  }

  /** Adds a file. */
  CpioArchive file(String name, int mode, byte[] bytes) {
    int[] fields = {++files, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length() + 1, 0};
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append(String.format(Locale.ROOT, "%08X", field));
    }
    content.writeBytes((header + name + "\0").getBytes(StandardCharsets.US_ASCII));
    align();
    content.writeBytes(bytes);
    align();
    return this;
  }

  /** The whole of it. */
  byte[] bytes() {
    return file(TRAILER, 0, new byte[0]).content.toByteArray();
  }

  private void align() {
    while (content.size() % ALIGNMENT != 0) {
      content.write(0);
    }
  }
}
