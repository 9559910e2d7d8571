package org.javisor.host.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Machines on a simulated host whose operating system treats all threads alike. */
class FairShareTest {
  private static final long SLICE = 10_000_000;

  private final Random random = new Random(4);

  /** vCPUs of which each wants a processor in a part of all slices. */
  private final class Simulated implements Workload {
    final long[] times;
    final boolean[] held;
    final boolean[] busy;
    final int shares;
    double duty = 1;

    Simulated(int vcpus, int shares) {
      this.shares = shares;
      times = new long[vcpus];
      held = new boolean[vcpus];
      busy = new boolean[vcpus];
    }

    void decide() {
      for (int i = 0; i < busy.length; i++) {
        // One that is held still wants what it wanted.
        busy[i] = (held[i] && busy[i]) || random.nextDouble() < duty;
      }
    }

    long total() {
      long sum = 0;
      for (long time : times) {
        sum += time;
      }
      return sum;
    }

    @Override
    public int vcpus() {
      return times.length;
    }

    @Override
    public boolean isBusy(int vcpu) {
      return busy[vcpu];
    }

    @Override
    public long processorTime(int vcpu) {
      return times[vcpu];
    }

    @Override
    public void hold(int vcpu) {
      held[vcpu] = true;
    }

    @Override
    public void release(int vcpu) {
      held[vcpu] = false;
    }
  }

  private final List<Simulated> machines = new ArrayList<>();
  private final List<Contender> contenders = new ArrayList<>();

  private Simulated machine(int vcpus, int shares) {
    return machine(vcpus, new Claim(shares, Optional.empty()));
  }

  private Simulated machine(int vcpus, Claim claim) {
    Simulated machine = new Simulated(vcpus, claim.shares());
    machines.add(machine);
    contenders.add(new Contender(machine, claim));
    return machine;
  }

  private void run(FairShare fair, int processors, int slices) {
    for (int slice = 0; slice < slices; slice++) {
      machines.forEach(Simulated::decide);
      fair.share(contenders, SLICE);
      int running = 0;
      for (Simulated machine : machines) {
        for (int i = 0; i < machine.vcpus(); i++) {
          running += machine.busy[i] && !machine.held[i] ? 1 : 0;
        }
      }
      long each = running == 0 ? 0 : SLICE * Math.min(processors, running) / running;
      for (Simulated machine : machines) {
        for (int i = 0; i < machine.vcpus(); i++) {
          if (machine.busy[i] && !machine.held[i]) {
            machine.times[i] += each;
          }
        }
      }
    }
  }

  private void run(int processors, int slices) {
    run(new FairShare(processors, SLICE), processors, slices);
  }

  @Test
  void sharesAreProportions() {
    Simulated one = machine(2, 100);
    Simulated three = machine(2, 300);
    run(2, 1000);
    assertThat((double) three.total() / one.total()).isCloseTo(3, Percentage.withPercentage(2));
    assertThat(one.total() + three.total()).isCloseTo(20_000_000_000L, within(200_000_000L));
  }

  @Test
  void manyBusyVcpusDoNotStarveAMachineOfOne() {
    Simulated wide = machine(8, 100);
    Simulated narrow = machine(1, 100);
    run(2, 1000);
    assertThat((double) narrow.total() / wide.total()).isCloseTo(1, Percentage.withPercentage(2));
    for (long time : wide.times) {
      assertThat(time).isCloseTo(wide.total() / 8, Percentage.withPercentage(5));
    }
  }

  @Test
  void whatOneDoesNotWantOthersGet() {
    Simulated idle = machine(4, 1000);
    idle.duty = 0;
    Simulated first = machine(2, 100);
    Simulated second = machine(2, 100);
    run(2, 1000);
    assertThat(first.total() + second.total()).isCloseTo(20_000_000_000L, within(200_000_000L));
  }

  @Test
  void nobodyIsHeldWhereThereAreProcessorsForAll() {
    Simulated one = machine(1, 1);
    Simulated other = machine(1, 10_000);
    run(2, 100);
    assertThat(one.total()).isEqualTo(other.total()).isEqualTo(100 * SLICE);
  }

  @Test
  void whoComesLaterIsOwedNothing() {
    FairShare fair = new FairShare(2, SLICE);
    Simulated first = machine(2, 100);
    Simulated second = machine(2, 100);
    run(fair, 2, 1000);
    long before = first.total();
    Simulated third = machine(2, 100);
    run(fair, 2, 300);
    assertThat(first.total() - before).isCloseTo(third.total(), Percentage.withPercentage(5));
    assertThat(second.total()).isCloseTo(first.total(), Percentage.withPercentage(5));
  }

  @Test
  void whoWasIdleIsOwedNothing() {
    FairShare fair = new FairShare(1, SLICE);
    Simulated first = machine(1, 100);
    Simulated second = machine(1, 100);
    Simulated sleeper = machine(1, 100);
    sleeper.duty = 0;
    run(fair, 1, 1000);
    sleeper.duty = 1;
    long before = first.total();
    run(fair, 1, 300);
    assertThat(first.total() - before).isCloseTo(sleeper.total(), Percentage.withPercentage(5));
    assertThat(second.total()).isCloseTo(first.total(), Percentage.withPercentage(5));
  }

  @Test
  void aLimitHoldsThoughProcessorsAreFree() {
    Claim quarter =
        new Claim(100, Optional.of(new Allowance(Duration.ofMillis(25), Duration.ofMillis(100))));
    Simulated limited = machine(2, quarter);
    run(4, 1000);
    assertThat(limited.total()).isCloseTo(2_500_000_000L, Percentage.withPercentage(3));
  }

  @Test
  void anyMixGetsItsShareOrAllItWants() {
    for (int mix = 0; mix < 500; mix++) {
      machines.clear();
      contenders.clear();
      anyMixGetsItsShareOrAllItWants(mix);
    }
  }

  @Test
  void whoIsServedWheneverItIsHisTurnIsStillOwedWhatHeWaitedFor() {
    Simulated wide = machine(7, 100);
    Simulated heavy = machine(2, 900);
    run(2, 4000);
    assertThat((double) heavy.total() / wide.total()).isCloseTo(9, Percentage.withPercentage(2));
  }

  private void anyMixGetsItsShareOrAllItWants(int mix) {
    Random random = new Random(mix * 0x9E37_79B9_7F4A_7C15L);
    int processors = 1 + random.nextInt(4);
    int count = 2 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int shares = 1 + random.nextInt(10);
      machine(1 + random.nextInt(8), shares * 100);
    }
    int slices = 4000;
    run(processors, slices);
    double capacity = (double) processors * slices * SLICE;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += machines.get(i).total();
    }
    int vcpus = machines.stream().mapToInt(Simulated::vcpus).sum();
    assertThat((double) sum)
        .as("mix %d", mix)
        .isCloseTo(Math.min(processors, vcpus) * (double) slices * SLICE, within(capacity / 100));
    // Weighted max-min: nobody who got less for his shares than another wanted more.
    for (Simulated machine : machines) {
      double most = (double) machine.vcpus() * slices * SLICE;
      double rate = rate(machine);
      boolean satisfied = machine.total() > 0.97 * most;
      boolean least = machines.stream().allMatch(other -> rate(other) < rate * 1.05);
      assertThat(satisfied || least).as("mix %d: %s of %s", mix, machine.total(), most).isTrue();
    }
  }

  private double rate(Simulated machine) {
    return (double) machine.total() / machine.shares;
  }
}
