package org.javisor.riscv.fp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Executes floating-point instructions on QEMU's RISC-V user mode: an independent implementation.
 * The program is C generated from the list of operations; it reads records of operation number,
 * rounding mode and three registers, and writes records of result register and flags.
 */
final class QemuFloatOracle {
  static final int REQUEST_BYTES = 32;
  static final int RESPONSE_BYTES = 16;

  private static final String COMPILER = "riscv64-linux-gnu-gcc";
  private static final String EMULATOR = "qemu-riscv64-static";

  private final Path directory;
  private final Path program;

  private QemuFloatOracle(Path directory, Path program) {
    this.directory = directory;
    this.program = program;
  }

  static boolean isAvailable() {
    return Stream.of(COMPILER, EMULATOR).allMatch(QemuFloatOracle::isOnPath);
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** Compiles the program into a directory of the caller's. */
  static QemuFloatOracle compile(Path directory, List<FloatOperation> operations)
      throws IOException, InterruptedException {
    Path source = Files.writeString(directory.resolve("oracle.c"), source(operations));
    Path program = directory.resolve("oracle");
    run(directory, COMPILER, "-O1", "-static", "-o", program.toString(), source.toString());
    return new QemuFloatOracle(directory, program);
  }

  byte[] execute(byte[] requests) throws IOException, InterruptedException {
    Path input = Files.write(directory.resolve("requests"), requests);
    Path output = directory.resolve("responses");
    Process process =
        new ProcessBuilder(EMULATOR, program.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(EMULATOR + " failed with " + process.exitValue());
    }
    return Files.readAllBytes(output);
  }

  private static void run(Path directory, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
    }
  }

  private static String source(List<FloatOperation> operations) {
    StringBuilder cases = new StringBuilder();
    for (int i = 0; i < operations.size(); i++) {
      cases.append(
          "    case %d: RUN(\"%s\"); break;%n".formatted(i, instruction(operations.get(i))));
    }
    return
"""
#include <stdio.h>
#include <stdint.h>
struct request { uint32_t operation, rounding; uint64_t a, b, c; };
struct response { uint64_t result, flags; };
#define RUN(INSTRUCTION) \\
  asm volatile( \\
      "fmv.d.x ft0, %2\\n fmv.d.x ft1, %3\\n fmv.d.x ft2, %4\\n" \\
      "csrw frm, %5\\n csrw fflags, zero\\n" INSTRUCTION "\\n csrr %1, fflags" \\
      : "=&r"(out.result), "=&r"(out.flags) \\
      : "r"(in.a), "r"(in.b), "r"(in.c), "r"((uint64_t)in.rounding) \\
      : "ft0", "ft1", "ft2", "ft3")
int main(void) {
  static struct request in;
  static struct response out;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    switch (in.operation) {
"""
        + cases
        +
"""
    default: return 1;
    }
    if (fwrite(&out, sizeof out, 1, stdout) != 1) return 1;
  }
  return 0;
}
""";
  }

  private static String instruction(FloatOperation operation) {
    String result = operation.givesInteger() ? "%0" : "ft3";
    String first = operation.takesInteger() ? "%2" : "ft0";
    String operands =
        switch (operation.operands()) {
          case 1 -> first;
          case 2 -> first + ", ft1";
          default -> first + ", ft1, ft2";
        };
    // Where the instruction has a rounding mode the assembler must encode the dynamic one.
    boolean roundsIntegers =
        operation.name().startsWith("fcvt_") && !operation.name().matches("fcvt_d_(s|wu?)");
    return operation.mnemonic()
        + " "
        + result
        + ", "
        + operands
        + (roundsIntegers ? ", dyn" : "")
        + (operation.givesInteger() ? "" : "\\n fmv.x.d %0, ft3");
  }
}
