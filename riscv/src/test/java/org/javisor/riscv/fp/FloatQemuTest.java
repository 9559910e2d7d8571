package org.javisor.riscv.fp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.javisor.riscv.fp.FloatOperation.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every instruction in every rounding mode against QEMU. */
class FloatQemuTest {
  private static final long SEED = 0x5eed_0f_9e301L;
  private static final int BATCH = 250_000;

  private final List<FloatOperation> operations = FloatOperation.all();

  @TempDir Path directory;

  @BeforeEach
  void oraclePresent() {
    assumeTrue(
        QemuFloatOracle.isAvailable(),
        "needs riscv64-linux-gnu-gcc and qemu-riscv64-static: apt-get install"
            + " gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user-static");
  }

  @Test
  void agreesWithQemu() throws IOException, InterruptedException {
    compare(SEED, 2);
  }

  @Tag("long")
  @Test
  void agreesWithQemuAtLength() throws IOException, InterruptedException {
    compare(System.nanoTime(), 40);
  }

  private void compare(long seed, int batches) throws IOException, InterruptedException {
    QemuFloatOracle oracle = QemuFloatOracle.compile(directory, operations);
    SplittableRandom random = new SplittableRandom(seed);
    OperandSource operands = new OperandSource(random);
    for (int batch = 0; batch < batches; batch++) {
      ByteBuffer requests = buffer(new byte[BATCH * QemuFloatOracle.REQUEST_BYTES]);
      for (int i = 0; i < BATCH; i++) {
        int operation = random.nextInt(operations.size());
        requests.putInt(operation).putInt(random.nextInt(5));
        for (long operand : operands.next(operations.get(operation))) {
          requests.putLong(operand);
        }
      }
      byte[] responses = oracle.execute(requests.array());
      assertThat(responses).hasSize(BATCH * QemuFloatOracle.RESPONSE_BYTES);
      compare(requests.flip(), buffer(responses), random.nextInt(2), seed);
    }
  }

  private void compare(ByteBuffer requests, ByteBuffer responses, int flagsBefore, long seed) {
    while (requests.hasRemaining()) {
      FloatOperation operation = operations.get(requests.getInt());
      int rm = requests.getInt();
      long a = requests.getLong();
      long b = requests.getLong();
      long c = requests.getLong();
      Outcome expected = new Outcome(responses.getLong(), (int) responses.getLong() | flagsBefore);
      Outcome actual = operation.execute(a, b, c, rm, flagsBefore);
      if (!actual.equals(expected)) {
        assertThat(actual)
            .as(
                "%s of %016x %016x %016x, rounding mode %d, flags before %d, seed %d",
                operation.name(), a, b, c, rm, flagsBefore, seed)
            .isEqualTo(expected);
      }
    }
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
