package org.javisor.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.javisor.image.initramfs.CpioWriter;

/**
 * The initial RAM disk of a benchmark machine: our init, the programs and their plan. It needs no
 * module and no other file of the distribution.
 */
final class RamDisk {
  private RamDisk() {}

  /**
   * Writes it, and closes the stream.
   *
   * @param workFactor multiplies every program's iterations, at least 1
   * @param cpus harts of the machine: with two or more, two threads are compared with one
   */
  static void write(OutputStream out, int workFactor, int cpus) throws IOException {
    try (CpioWriter archive = new CpioWriter(out)) {
      archive.characterDevice("dev/console", 0600, 5, 1);
      archive.file("init", 0755, BenchProgram.initExecutable());
      for (BenchProgram program : BenchProgram.ALL) {
        archive.file("bench/" + program.name(), 0755, program.executable());
      }
      archive.file("bench/" + BenchProgram.LANES.name(), 0755, BenchProgram.LANES.executable());
      StringBuilder plan = new StringBuilder();
      for (ProgramRun run : ProgramRun.all(cpus)) {
        plan.append(run.planLine(workFactor)).append('\n');
      }
      archive.file("bench/plan", 0644, plan.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }
}
