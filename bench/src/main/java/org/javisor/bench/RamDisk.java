package org.javisor.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The initial RAM disk of a benchmark machine: a cpio archive in the "newc" format (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst) of our init, the programs and their
 * plan. It needs no module and no other file of the distribution.
 */
final class RamDisk {
  private static final int DIRECTORY = 0040755;
  private static final int EXECUTABLE = 0100755;
  private static final int CONSOLE = 0020600;

  private final OutputStream out;
  private int entries;

  private RamDisk(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes it.
   *
   * @param workFactor multiplies every program's iterations, at least 1
   */
  static void write(Path file, int workFactor) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      RamDisk disk = new RamDisk(out);
      disk.entry("dev", DIRECTORY, new byte[0], 0, 0);
      disk.entry("dev/console", CONSOLE, new byte[0], 5, 1);
      disk.entry("init", EXECUTABLE, BenchProgram.initExecutable(), 0, 0);
      disk.entry("bench", DIRECTORY, new byte[0], 0, 0);
      StringBuilder plan = new StringBuilder();
      for (BenchProgram program : BenchProgram.ALL) {
        disk.entry("bench/" + program.name(), EXECUTABLE, program.executable(), 0, 0);
        long iterations = (long) program.iterations() * workFactor;
        plan.append(program.name()).append(' ').append(iterations).append('\n');
      }
      byte[] text = plan.toString().getBytes(StandardCharsets.US_ASCII);
      disk.entry("bench/plan", 0100644, text, 0, 0);
      disk.entry("TRAILER!!!", 0, new byte[0], 0, 0);
    }
  }

  private void entry(String path, int mode, byte[] content, int major, int minor)
      throws IOException {
    byte[] name = (path + '\0').getBytes(StandardCharsets.US_ASCII);
    entries++;
    int[] fields = {
      entries, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, name.length, 0,
    };
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append("%08X".formatted(field));
    }
    out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(name);
    pad(header.length() + name.length);
    out.write(content);
    pad(content.length);
  }

  /** Names and contents begin at multiples of four bytes. */
  private void pad(int written) throws IOException {
    out.write(new byte[-written & 3]);
  }
}
