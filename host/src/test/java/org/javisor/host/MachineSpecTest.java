package org.javisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MachineSpecTest {
  private static MachineSpec spec(int cpus, long memory, String append, String name) {
    return new MachineSpec(
        new MachineSpec.Boot.Image("busybox"),
        cpus,
        OptionalLong.of(memory),
        OptionalLong.empty(),
        EngineKind.TRANSLATOR,
        append,
        Optional.of(name),
        false);
  }

  @Test
  void takesWhatIsInRange() {
    assertThat(spec(8, 16L << 30, "a=b", "web-1").cpus()).isEqualTo(8);
    assertThat(spec(1, (65L << 20) + 5, "", "w").memory()).hasValue(64L << 20);
  }

  @Test
  void refusesWhatIsNot() {
    refused("0 cpus", 0, 64L << 20, "", "w");
    refused("99 cpus", 99, 64L << 20, "", "w");
    refused("3 bytes of memory", 1, 3, "", "w");
    refused("1 PiB of memory", 1, 1L << 50, "", "w");
    refused("command line", 1, 64L << 20, "a\nb", "w");
    refused("command line", 1, 64L << 20, "x".repeat(1000), "w");
    refused("'../w'", 1, 64L << 20, "", "../w");
    refused("''", 1, 64L << 20, "", "");
  }

  private static void refused(String what, int cpus, long memory, String append, String name) {
    assertThatThrownBy(() -> spec(cpus, memory, append, name))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(what);
  }
}
