package org.javisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.javisor.migration.file.MachineFile;
import org.javisor.storage.store.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFileTest {
  @TempDir Path folder;

  /** What was written, and a digest of what the machine had then. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Written(byte[] file, Sha256 content) {}

  private Written write(long seed) throws Exception {
    try (WorkingMachine machine =
        new WorkingMachine(Files.createDirectory(folder.resolve("source-" + seed)), seed)) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      MigrationReport report =
          MachineFile.write(file, machine, "export", MigrationPolicy.STANDARD, progress -> {});
      assertThat(report.rounds()).isNotEmpty();
      return new Written(file.toByteArray(), machine.content());
    }
  }

  @Test
  void aMachineComesOutOfAFileAsItWentIn() throws Exception {
    Written written = write(1);
    ReceivingHost target = new ReceivingHost(folder.resolve("target"));
    MachineFile.read(new ByteArrayInputStream(written.file()), target);
    ReceivingHost.Arriving arrived = Objects.requireNonNull(target.arrived());
    assertThat(arrived.isActive()).isTrue();
    assertThat(arrived.content()).isEqualTo(written.content());
    arrived.release();
  }

  @Test
  void aFileThatIsNotWholeLeavesNothing() throws Exception {
    byte[] file = write(2).file();
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      byte[] damaged =
          i % 2 == 0
              ? Arrays.copyOf(file, i < 10 ? i : random.nextInt(file.length - 4))
              : flipped(file, random.nextInt(file.length - 4), 1 << random.nextInt(8));
      requireRefused(i, damaged);
    }
    requireRefused(41, "something else entirely".getBytes(StandardCharsets.UTF_8));
  }

  private void requireRefused(int number, byte[] file) {
    ReceivingHost target = new ReceivingHost(folder.resolve("target-" + number));
    assertThatExceptionOfType(MigrationException.class)
        .as("file %d", number)
        .isThrownBy(() -> MachineFile.read(new ByteArrayInputStream(file), target));
    ReceivingHost.Arriving arrived = target.arrived();
    assertThat(arrived == null || arrived.isGivenBack()).as("file %d", number).isTrue();
  }

  private static byte[] flipped(byte[] file, int at, int bit) {
    byte[] damaged = file.clone();
    damaged[at] ^= (byte) bit;
    return damaged;
  }
}
