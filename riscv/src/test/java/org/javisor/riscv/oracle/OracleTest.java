package org.javisor.riscv.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences here and in QEMU. {@code -Dorg.javisor.oracle.sequences=N} sets how many, {@code
 * -Dorg.javisor.oracle.seed=S} the first one's seed; each next sequence's is one more.
 */
class OracleTest {
  private static final int BATCH = 500;
  private static final long SEED = Long.getLong("org.javisor.oracle.seed", 2_026_112_200_000L);
  private static final List<Execution> EXECUTIONS = List.of(Execution.values());
  private static final int SEQUENCES = Integer.getInteger("org.javisor.oracle.sequences", 10_000);

  @TempDir Path directory;

  @BeforeEach
  void oraclePresent() {
    assumeTrue(
        QemuUser.isAvailable(), "needs qemu-riscv64-static: apt-get install qemu-user-static");
  }

  @Test
  void agreesWithQemu() throws Exception {
    compare(SEED, SEQUENCES);
  }

  @Tag("long")
  @Test
  void agreesWithQemuAtLength() throws Exception {
    compare(System.nanoTime(), 1_000_000);
  }

  private void compare(long seed, int count) throws Exception {
    var qemu = new QemuUser(directory);
    for (int done = 0; done < count; done += BATCH) {
      Execution execution = EXECUTIONS.get(done / BATCH % EXECUTIONS.size());
      long first = seed + done;
      List<Sequence> sequences =
          LongStream.range(first, first + Math.min(BATCH, count - done))
              .mapToObj(SequenceSource::sequence)
              .filter(execution::suits)
              .toList();
      OracleProgram program = OracleProgram.of(sequences);
      byte[] expected = qemu.run(program);
      int different = firstDifference(expected, BareHart.run(program, execution), sequences.size());
      if (different < sequences.size()) {
        explain(qemu, execution, sequences.get(different));
      }
    }
  }

  /** The number of the first sequence with another or no result. */
  private static int firstDifference(byte[] expected, byte[] actual, int sequences) {
    int byteDifferent = Arrays.mismatch(expected, actual);
    int all = sequences * Layout.RECORD_BYTES;
    int end = byteDifferent < 0 ? Math.min(expected.length, all) : byteDifferent;
    return end / Layout.RECORD_BYTES;
  }

  /** Fails with the shortest beginning of the sequence that shows the difference. */
  private static void explain(QemuUser qemu, Execution execution, Sequence sequence)
      throws Exception {
    List<Sequence> prefixes =
        IntStream.rangeClosed(0, sequence.units().size()).mapToObj(sequence::prefix).toList();
    for (Sequence prefix : prefixes) {
      OracleProgram program = OracleProgram.of(List.of(prefix));
      byte[] expected = qemu.run(program);
      byte[] actual = BareHart.run(program, execution);
      if (expected.length != Layout.RECORD_BYTES || !Arrays.equals(expected, actual)) {
        assertThat(differences(expected, actual))
            .as("%s, sequence of seed %d%n%s", execution, sequence.seed(), prefix.describe())
            .isEmpty();
      }
    }
    throw new AssertionError(
        "sequence of seed " + sequence.seed() + " differs among others, but not alone");
  }

  private static List<String> differences(byte[] expected, byte[] actual) {
    var differences = new ArrayList<String>();
    if (expected.length != Layout.RECORD_BYTES) {
      differences.add("QEMU gave no result");
    }
    if (actual.length != Layout.RECORD_BYTES) {
      differences.add("the hart gave no result");
    }
    if (!differences.isEmpty()) {
      return differences;
    }
    ByteBuffer theirs = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer ours = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < Layout.REGISTERS; i++) {
      int offset = Layout.WINDOW_BYTES + 8 * i;
      compare(Layout.registerName(i), theirs.getLong(offset), ours.getLong(offset), differences);
    }
    for (int offset = 0; offset < Layout.WINDOW_BYTES; offset += 8) {
      String place = "memory at " + Long.toHexString(Layout.WINDOW + offset);
      compare(place, theirs.getLong(offset), ours.getLong(offset), differences);
    }
    return differences;
  }

  private static void compare(String place, long theirs, long ours, List<String> differences) {
    if (theirs != ours) {
      differences.add(String.format("%s: QEMU %016x, hart %016x", place, theirs, ours));
    }
  }
}
