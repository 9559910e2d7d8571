package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The device tree compiler {@code dtc} of the machine that tests, as an independent reader. */
final class DeviceTreeCompiler {
  private DeviceTreeCompiler() {}

  /** The source that dtc makes of a blob; fails if dtc has something to complain about. */
  static String decompile(byte[] blob, Path directory) throws IOException, InterruptedException {
    Path file = directory.resolve("board.dtb");
    Path source = directory.resolve("board.dts");
    Path complaints = directory.resolve("complaints");
    Files.write(file, blob);
    Process dtc;
    try {
      dtc =
          new ProcessBuilder(
                  "dtc", "-I", "dtb", "-O", "dts", "-o", source.toString(), file.toString())
              .redirectErrorStream(true)
              .redirectOutput(complaints.toFile())
              .start();
    } catch (IOException e) {
      return abort("dtc (Debian package device-tree-compiler) is not installed");
    }
    assertThat(dtc.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(complaints, StandardCharsets.UTF_8)).isEmpty();
    assertThat(dtc.exitValue()).isZero();
    return Files.readString(source, StandardCharsets.UTF_8);
  }
}
