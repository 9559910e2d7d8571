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

  /** All programs of one thread, in the order in which they run. */
  public static final List<BenchProgram> ALL =
      List.of(
          new BenchProgram("hash", 160, 0xd5259e1f925e9f3aL),
          new BenchProgram("sort", 80, 0x924fc700508ce63fL),
          new BenchProgram("matrix", 80, 0x3e23a416c8bda4f6L),
          new BenchProgram("interpreter", 60, 0x65b1),
          new BenchProgram("recursion", 100, 28657),
          new BenchProgram("copy", 40, 0xe4970c09de804cc4L),
          new BenchProgram("chase", 40, 0xb21c2e15dc1edba6L));

  /** One that shares its work out among threads; measured apart, with one thread and with two. */
  public static final BenchProgram LANES = new BenchProgram("lanes", 40, 0xd117e2e036b886caL);

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

  /** The executable that sends datagrams to an address without pause. */
  static byte[] floodExecutable() {
    return resource("flood");
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
