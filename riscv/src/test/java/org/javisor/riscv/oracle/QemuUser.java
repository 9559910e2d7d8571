package org.javisor.riscv.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs programs in QEMU's RISC-V user mode. */
final class QemuUser {
  private static final String EMULATOR = "qemu-riscv64-static";
  private static final String PROCESSOR = "rv64,zba=true,zbb=true,zbs=true";

  private final Path directory;

  QemuUser(Path directory) {
    this.directory = directory;
  }

  static boolean isAvailable() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, EMULATOR)));
  }

  /** What the program writes; less than expected if it died. */
  byte[] run(OracleProgram program) throws IOException, InterruptedException {
    Path executable = Files.write(directory.resolve("program"), program.executable());
    executable.toFile().setExecutable(true);
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(EMULATOR, "-cpu", PROCESSOR, executable.toString())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.waitFor();
    return Files.readAllBytes(output);
  }
}
