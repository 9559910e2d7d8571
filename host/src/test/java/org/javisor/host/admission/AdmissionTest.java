package org.javisor.host.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private static final long MIB = 1L << 20;
  private static final HostResources HOST = new HostResources(1024 * MIB, 2, 1024 * MIB);

  @TempDir private Path folder;

  private static Admission of(String... keysAndValues) {
    Map<String, String> config = new java.util.HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Admission(HOST, () -> AdmissionLimits.of(config));
  }

  @Test
  void memoryIsPromisedUpToTheFactor() {
    Admission admission = of("javisor.overcommit.memory", "1.5");
    admission.admit("one", 1, 1000 * MIB);
    Admission.Seat two = admission.admit("two", 1, 536 * MIB);
    assertThatThrownBy(() -> admission.admit("three", 1, 64 * MIB))
        .hasMessageContaining("no room for three")
        .hasMessageContaining("64 MiB")
        .hasMessageContaining("1.5 GiB")
        .hasMessageContaining("javisor.overcommit.memory");
    two.close();
    two.close();
    admission.admit("three", 1, 536 * MIB);
  }

  @Test
  void processorsAreSharedByNoMoreThanTheHostAllows() {
    Admission admission = of("javisor.overcommit.cpu", "4");
    admission.admit("one", 7, 64 * MIB);
    assertThatThrownBy(() -> admission.admit("two", 2, 64 * MIB))
        .hasMessageContaining("2 CPUs, machines that are on 7, and 8 may be on");
    admission.admit("two", 1, 64 * MIB);
  }

  @Test
  void theNumberOfMachinesIsLimited() {
    Admission admission = of("javisor.machines.max", "1");
    Admission.Seat one = admission.admit("one", 1, 64 * MIB);
    assertThatThrownBy(() -> admission.admit("two", 1, 64 * MIB))
        .hasMessageContaining("1 machines are on");
    one.close();
    admission.admit("two", 1, 64 * MIB);
  }

  @Test
  void theHeapOfTheProcessIsTheLastLimit() {
    Admission admission = of("javisor.overcommit.memory", "0", "javisor.overcommit.cpu", "0");
    long machines =
        (HOST.heap() - Admission.HEAP_OF_PROCESS)
            / (Admission.HEAP_OF_MACHINE + Admission.HEAP_OF_CPU);
    for (int i = 0; i < machines; i++) {
      admission.admit("m" + i, 1, 1L << 40);
    }
    assertThatThrownBy(() -> admission.admit("more", 1, 64 * MIB)).hasMessageContaining("-Xmx");
  }

  @Test
  void theConfigurationIsKept() throws Exception {
    Path file = folder.resolve("host").resolve("config.json");
    HostConfiguration first = new HostConfiguration(file);
    first.update(config -> Map.of("javisor.machines.max", "3", "javisor.overcommit.cpu", ""));
    HostConfiguration again = new HostConfiguration(file);
    assertThat(again.config()).isEqualTo(Map.of("javisor.machines.max", "3"));
    assertThat(again.limits().machines()).isEqualTo(3);
    Files.writeString(file, "{\"version\":1,\"config\":{\"x\":\"y\"}}");
    assertThatThrownBy(() -> new HostConfiguration(file))
        .hasMessageContaining("no configuration key x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javisor.overcommit.memory=-1",
        "javisor.overcommit.memory=NaN",
        "javisor.overcommit.cpu=1.5",
        "javisor.machines.max=many",
        "core.https_address=:8443"
      })
  void whatIsNotPossibleIsRefusedAndChangesNothing(String change) throws Exception {
    HostConfiguration configuration = new HostConfiguration(folder.resolve("config.json"));
    String[] parts = change.split("=", 2);
    assertThatThrownBy(() -> configuration.update(config -> Map.of(parts[0], parts[1])))
        .hasMessageContaining(parts[0]);
    assertThat(configuration.config()).isEmpty();
  }
}
