package org.javisor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.javisor.host.ProblemException;

/**
 * One of the C programs that are measured; the build compiles them into this module's resources.
 *
 * @param name its name in results, and of its source file
 * @param iterations how often its work is done in one run of ordinary length
 * @param checksum what every iteration's result adds up to, on any correct machine
 */
public record BenchProgram(String name, int iterations, long checksum) {
  /** The line that installs what the build needs to compile the programs. */
  public static final String COMPILER_INSTALLATION =
      "apt-get install gcc-riscv64-linux-gnu libc6-dev-riscv64-cross";

  /** All programs, in the order in which they run. */
  public static final List<BenchProgram> ALL =
      List.of(
          new BenchProgram("hash", 8, 0xc5a2609416ae1450L),
          new BenchProgram("sort", 8, 0x5c99a6d76949cebaL),
          new BenchProgram("matrix", 6, 0xe0ea0e19160aab56L),
          new BenchProgram("interpreter", 4, 0x347e7),
          new BenchProgram("recursion", 10, 196418),
          new BenchProgram("copy", 8, 0xe4970c09de804cc4L),
          new BenchProgram("chase", 4, 0x0c8bd877e56837adL));

  private static final String INIT = "init";

  /** Whether the build had a compiler and made the programs. */
  public static boolean areBuilt() {
    return BenchProgram.class.getResource("programs/" + INIT) != null;
  }

  /**
   * The program's executable.
   *
   * @throws ProblemException if the build made none
   */
  public byte[] executable() {
    return resource(name);
  }

  /** The executable of the first user program, which runs the others. */
  static byte[] initExecutable() {
    return resource(INIT);
  }

  private static byte[] resource(String name) {
    try (InputStream in = BenchProgram.class.getResourceAsStream("programs/" + name)) {
      if (in == null) {
        throw ProblemException.hostLacks(
            "the benchmark programs are not built, for want of a RISC-V C compiler",
            COMPILER_INSTALLATION + ", then build again (touch bench/pom.xml)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw ProblemException.failed("the benchmark programs cannot be read", "", e);
    }
  }
}
