package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.image.Progress;
import org.javisor.migration.MigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Machines in files. One was written by an early build and runs on in every later one; it is made
 * anew, if it ever has to be, by this test with {@code -Djavisor.machine-file=PATH}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SavedMachineTest {
  private static final String KEPT = "machine-1.machine";

  @TempDir private Path folder;

  private InstanceStore opened(String name) throws Exception {
    DataFolder data = DataFolder.open(folder.resolve(name));
    return new InstanceStore(new Host(data, Map.of(), Optional.empty(), Progress.NONE), data);
  }

  private HostedInstance started(InstanceStore store) throws Exception {
    return TinyKernel.start(
        store, DataFolder.open(folder.resolve("first")), folder, "remembers", TinyKernel.REMEMBERS);
  }

  /** What the machine answers to a byte: the one before. */
  private static char answer(HostedInstance instance, char said) throws Exception {
    Instance machine = instance.requireMachine();
    byte[] key = String.valueOf(said).getBytes(StandardCharsets.US_ASCII);
    try (ConsoleHub.View console = instance.console().open()) {
      assertThat(machine.type(key, 0, key.length)).isTrue();
      byte[] seen = new byte[1];
      assertThat(console.read(seen)).isEqualTo(1);
      return (char) seen[0];
    }
  }

  @Test
  void aMachineGoesOnInAnotherHostFromItsFile() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (InstanceStore first = opened("first")) {
      HostedInstance instance = started(first);
      assertThat(answer(instance, 'a')).isEqualTo('\0');
      instance.backups().create("day", progress -> {});
      assertThat(instance.backups().all()).extracting(Backups.Entry::name).containsExactly("day");
      instance.backups().copy("day", file);
      instance.backups().delete("day");
      assertThat(instance.backups().all()).isEmpty();
      // It works on where it is.
      assertThat(answer(instance, 'b')).isEqualTo('a');
    }
    String wanted = System.getProperty("javisor.machine-file", "");
    if (!wanted.isEmpty()) {
      Files.write(Path.of(wanted), file.toByteArray());
    }
    try (InstanceStore second = opened("second")) {
      byte[] half = Arrays.copyOf(file.toByteArray(), file.size() / 2);
      assertThatExceptionOfType(MigrationException.class)
          .isThrownBy(() -> second.moves().receive(new ByteArrayInputStream(half), ""));
      assertThat(second.all()).isEmpty();
      assertThat(second.moves().receive(new ByteArrayInputStream(file.toByteArray()), "other"))
          .isEqualTo("other");
      assertThat(answer(second.get("other"), 'c')).isEqualTo('a');
      assertThatExceptionOfType(MigrationException.class)
          .isThrownBy(
              () -> second.moves().receive(new ByteArrayInputStream(file.toByteArray()), "other"))
          .withMessageContaining("called other already");
    }
    // It is an instance as any other one, for the next process too.
    try (InstanceStore again = opened("second")) {
      assertThat(again.all()).extracting(HostedInstance::name).containsExactly("other");
    }
  }

  @Test
  void aMachineThatAnEarlierBuildHasWrittenRunsOn() throws Exception {
    try (InstanceStore store = opened("now");
        InputStream file =
            Objects.requireNonNull(SavedMachineTest.class.getResourceAsStream(KEPT))) {
      assertThat(store.moves().receive(file, "")).isEqualTo("remembers");
      assertThat(answer(store.get("remembers"), 'z')).isEqualTo('a');
    }
  }
}
