package org.javisor.host.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineFolder;
import org.javisor.host.MachineSpec;
import org.javisor.host.instance.TinyKernel;
import org.javisor.image.Progress;
import org.javisor.machine.Machine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real machines at full load; what is measured is the processor time of their vCPUs' threads. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProcessorSharesTest {
  private static final long MEASURED = TimeUnit.SECONDS.toNanos(2);

  private static final double TOLERANCE = 0.1;
  private static final double MOST_OF_IT = 2;

  @TempDir private Path folder;

  private final List<Instance> machines = new ArrayList<>();
  private DataFolder data;
  private Host host;

  @BeforeEach
  void open() {
    data = DataFolder.open(folder.resolve("data"));
    host = new Host(data, Map.of(), Optional.empty(), Progress.NONE);
  }

  @AfterEach
  void end() {
    machines.forEach(Instance::close);
  }

  private Machine busy(int cpus) throws Exception {
    String name = "m" + machines.size();
    try (MachineFolder kept = data.named(name)) {
      TinyKernel.machine(folder, TinyKernel.ALL_BUSY).write(kept.path());
    }
    Instance instance =
        host.build(
            new MachineSpec(
                new MachineSpec.Boot.Image("tiny"),
                cpus,
                OptionalLong.empty(),
                OptionalLong.empty(),
                EngineKind.INTERPRETER,
                "",
                Optional.of(name),
                false),
            List.of(),
            "");
    machines.add(instance);
    instance.start();
    Machine machine = instance.board().machine();
    for (int vcpu = 0; vcpu < cpus; vcpu++) {
      while (!machine.isBusy(vcpu)) {
        Thread.sleep(1);
      }
    }
    return machine;
  }

  private static long time(Machine machine) {
    long sum = 0;
    for (int vcpu = 0; vcpu < machine.parts().vcpus().size(); vcpu++) {
      sum += machine.processorTime(vcpu);
    }
    return sum;
  }

  /** What the second had for each that the first had, once they had enough to tell. */
  private static double ratio(Machine first, Machine second) throws InterruptedException {
    long begin1 = time(first);
    long begin2 = time(second);
    while (time(first) - begin1 + time(second) - begin2 < MEASURED) {
      Thread.sleep(10);
    }
    return (double) (time(second) - begin2) / (time(first) - begin1);
  }

  /**
   * Waits until the second has as much for each that the first has, within 10 %, in a whole window.
   * The host has other things to do too, and a window in which it did says nothing of shares; one
   * that never comes ends the test by its time-out.
   */
  private static void awaitRatio(Machine first, Machine second, double wanted)
      throws InterruptedException {
    while (Math.abs(ratio(first, second) / wanted - 1) > TOLERANCE) {
      Thread.onSpinWait();
    }
  }

  private static Claim shares(int shares) {
    return new Claim(shares, Optional.empty());
  }

  @Test
  void machinesThatCompeteGetTheirShares() throws Exception {
    Machine one = busy(2);
    Machine three = busy(2);
    try (ProcessorShares processors = new ProcessorShares(2)) {
      processors.join(one, shares(100));
      ProcessorShares.Place place = processors.join(three, shares(300));
      awaitRatio(one, three, 3);
      place.change(shares(100));
      awaitRatio(one, three, 1);
    }
  }

  @Test
  void eightBusyVcpusDoNotStarveOne() throws Exception {
    Machine eight = busy(8);
    Machine one = busy(1);
    try (ProcessorShares processors = new ProcessorShares(1)) {
      processors.join(eight, shares(100));
      processors.join(one, shares(100));
      awaitRatio(eight, one, 1);
    }
  }

  @Test
  void aMachineThatIsPausedOrEndsLeavesItsShareToOthers() throws Exception {
    Machine one = busy(1);
    Machine other = busy(1);
    try (ProcessorShares processors = new ProcessorShares(1)) {
      processors.join(one, shares(100));
      ProcessorShares.Place place = processors.join(other, shares(10_000));
      other.pause();
      long before = time(one);
      while (time(one) - before < MEASURED / 4) {
        Thread.sleep(5);
      }
      other.resume();
      // Until it is noticed that both want the processor, both have it.
      while (ratio(one, other) < MOST_OF_IT) {
        Thread.onSpinWait();
      }
      place.close();
      machines.get(1).close();
      before = time(one);
      while (time(one) - before < MEASURED / 4) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void aHeldMachinePausesAndEndsAtOnce() throws Exception {
    Machine machine = busy(2);
    machine.hold(0);
    machine.hold(1);
    machine.pause();
    machine.resume();
    long before = time(machine);
    machine.hold(0);
    machine.release(0);
    while (time(machine) == before) {
      Thread.sleep(1);
    }
    machine.hold(0);
    machine.powerOff();
    assertThat(machine.phase()).isEqualTo(Machine.Phase.STOPPED);
  }

  @Test
  void anAllowanceIsALimit() throws Exception {
    Machine machine = busy(1);
    try (ProcessorShares processors = new ProcessorShares(8)) {
      Allowance tenth = new Allowance(Duration.ofMillis(10), Duration.ofMillis(100));
      processors.join(machine, new Claim(100, Optional.of(tenth)));
      Thread.sleep(200); // The first budget is a gift.
      long begin = System.nanoTime();
      long before = time(machine);
      Thread.sleep(3000);
      double used = (double) (time(machine) - before) / (System.nanoTime() - begin);
      assertThat(used).isLessThan(0.12).isGreaterThan(0.01);
    }
  }
}
