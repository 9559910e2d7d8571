package org.javisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MachineTest {
  /** A vCPU whose guest code counts in memory. */
  private static final class CountingVcpu implements Vcpu, Snapshottable<CountingVcpu.State> {
    @StateVersion(1)
    public record State(long count) implements SavedState {}

    private final int id;
    private final Consumer<Long> eachStep;
    private volatile boolean exit;
    private volatile long count;

    CountingVcpu(int id, Consumer<Long> eachStep) {
      this.id = id;
      this.eachStep = eachStep;
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    public void run() {
      while (!exit) {
        count++;
        eachStep.accept(count);
        Thread.onSpinWait();
      }
      exit = false;
    }

    @Override
    public void requestExit() {
      exit = true;
    }

    @Override
    public boolean isIdle() {
      return false;
    }

    @Override
    public void reset() {
      count = 0;
    }

    @Override
    public Class<State> stateType() {
      return State.class;
    }

    @Override
    public State save() {
      return new State(count);
    }

    @Override
    public void restore(State state) {
      count = state.count();
    }
  }

  private final AtomicInteger loads = new AtomicInteger();

  private Machine machine(List<CountingVcpu> vcpus) {
    return new Machine(
        new Machine.Parts(
            GuestMemory.allocate(0x8000_0000L, 1 << 20),
            new HostClock(),
            vcpus,
            List.of(),
            loads::incrementAndGet));
  }

  private static void awaitCount(CountingVcpu vcpu, long count) {
    while (vcpu.count < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void pausedMeansThatNothingMoves() {
    CountingVcpu first = new CountingVcpu(0, n -> {});
    CountingVcpu second = new CountingVcpu(1, n -> {});
    try (Machine machine = machine(List.of(first, second))) {
      machine.start();
      for (int round = 0; round < 200; round++) {
        awaitCount(first, first.count + 1);
        machine.pause();
        long firstCount = first.count;
        long secondCount = second.count;
        long time = machine.parts().clock().nanos();
        Thread.yield();
        assertThat(first.count).isEqualTo(firstCount);
        assertThat(second.count).isEqualTo(secondCount);
        assertThat(machine.parts().clock().nanos()).isEqualTo(time);
        machine.resume();
      }
      assertThat(loads).hasValue(1);
    }
  }

  @Test
  void theGuestPowersOff() throws InterruptedException {
    AtomicInteger after = new AtomicInteger();
    Machine[] machine = new Machine[1];
    CountingVcpu vcpu =
        new CountingVcpu(
            0,
            n -> {
              if (n == 1000) {
                machine[0].requestPowerOff(false);
              } else if (n > 1000) {
                after.incrementAndGet();
              }
            });
    machine[0] = machine(List.of(vcpu));
    try (Machine m = machine[0]) {
      m.start();
      assertThat(m.awaitStop()).isEqualTo(new StopReason.PoweredOff());
      assertThat(m.phase()).isEqualTo(Machine.Phase.STOPPED);
      assertThat(after).hasValue(0);
      assertThatThrownBy(m::resume).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void theGuestResets() throws InterruptedException {
    CountDownLatch secondLife = new CountDownLatch(1);
    Machine[] machine = new Machine[1];
    CountingVcpu vcpu =
        new CountingVcpu(
            0,
            n -> {
              if (n == 1000 && loads.get() == 1) {
                machine[0].parts().memory().putLong(0x8000_0000L, 7);
                machine[0].requestReset();
              } else if (n == 1 && loads.get() == 2) {
                secondLife.countDown();
              }
            });
    machine[0] = machine(List.of(vcpu));
    try (Machine m = machine[0]) {
      m.start();
      secondLife.await();
      assertThat(m.parts().memory().getLong(0x8000_0000L)).isZero();
      assertThat(loads).hasValue(2);
    }
  }

  /** A machine that is being paused, on a thread of the result's, when its guest asks. */
  private CompletableFuture<MachineState> pausedWhile(Consumer<Machine> asks) {
    CompletableFuture<MachineState> saved = new CompletableFuture<>();
    Machine[] machine = new Machine[1];
    CountingVcpu[] vcpu = new CountingVcpu[1];
    vcpu[0] =
        new CountingVcpu(
            0,
            n -> {
              if (n == 1000 && loads.get() == 1) {
                saved.completeAsync(
                    () -> {
                      machine[0].pause();
                      return machine[0].save();
                    });
                while (!vcpu[0].exit) {
                  Thread.onSpinWait();
                }
                asks.accept(machine[0]);
              }
            });
    machine[0] = machine(List.of(vcpu[0]));
    try (Machine m = machine[0]) {
      m.start();
      return saved.handle((state, failure) -> saved).join();
    }
  }

  @Test
  void aPausedMachineHasDoneTheResetItsGuestAskedFor() {
    MachineState state = pausedWhile(Machine::requestReset).join();
    assertThat(state.components()).containsEntry("vcpu0", new CountingVcpu.State(0));
    assertThat(loads).hasValue(2);
  }

  @Test
  void aMachineWhoseGuestHasSwitchedItOffIsNotPaused() {
    assertThatThrownBy(() -> pausedWhile(machine -> machine.requestPowerOff(false)).join())
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("STOPPED");
  }

  @Test
  void anEngineFaultStopsTheMachineAndIsReported() throws InterruptedException {
    IllegalStateException fault = new IllegalStateException("engine fault");
    CountingVcpu healthy = new CountingVcpu(0, n -> {});
    CountingVcpu faulty =
        new CountingVcpu(
            1,
            n -> {
              throw fault;
            });
    try (Machine machine = machine(List.of(healthy, faulty))) {
      machine.start();
      assertThat(machine.awaitStop()).isEqualTo(new StopReason.MonitorFailed(fault));
    }
  }

  @Test
  void savedStateGoesThroughAStreamIntoAnotherMachine() throws IOException {
    CountingVcpu source = new CountingVcpu(0, n -> {});
    CountingVcpu target = new CountingVcpu(0, n -> {});
    try (Machine from = machine(List.of(source));
        Machine to = machine(List.of(target))) {
      from.start();
      awaitCount(source, 1000);
      from.pause();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Machine.write(out, from.save());
      to.start(to.read(new ByteArrayInputStream(out.toByteArray())));
      awaitCount(target, source.count + 1);
      assertThat(to.parts().clock().nanos()).isGreaterThan(from.parts().clock().nanos());
    }
  }

  @Test
  void refusesStateOfAnotherMachine() {
    try (Machine one = machine(List.of(new CountingVcpu(0, n -> {})));
        Machine two =
            machine(List.of(new CountingVcpu(0, n -> {}), new CountingVcpu(1, n -> {})))) {
      one.start();
      one.pause();
      MachineState state = one.save();
      assertThatThrownBy(() -> two.start(state))
          .isInstanceOf(SavedStateException.class)
          .hasMessageContaining("another machine");
    }
  }
}
