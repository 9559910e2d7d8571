package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.javisor.machine.Device;
import org.javisor.machine.Machine;
import org.javisor.machine.MachineState;
import org.javisor.machine.StopReason;
import org.javisor.riscv.board.boot.KernelImageException;
import org.javisor.riscv.interpreter.Interpreter;
import org.junit.jupiter.api.Test;

/** Reset, power-off, pause and saved state of a whole board. */
class LifeCycleGuestTest {
  /** Writes "B", then obeys: r resets, q switches off, another letter is echoed. */
  private static final String OBEDIENT =
      """
              la   s0, flag               # memory is cleared by a reset
              ld   t0, 0(s0)
              bnez t0, fail
              li   t0, 1
              sd   t0, 0(s0)
              li   t0, 0x10000000         # and so are devices
              lbu  t1, 7(t0)
              bnez t1, fail
              li   t1, 0x55
              sb   t1, 7(t0)
              li   a0, 0x42
              call put
      next:   call get
              li   t0, 0x71
              beq  a0, t0, off
              li   t0, 0x72
              beq  a0, t0, reset
              call put
              j    next
      reset:  li   a0, 1
              li   a1, 0
              li   a7, 0x53525354
              li   a6, 0
              ecall
              j    fail
              .align 3
      flag:   .dword 0
      """;

  private static byte[] deviceTree(RiscvBoard board) {
    byte[] tree = new byte[(int) (board.layout().end() - board.layout().deviceTree())];
    board.memory().read(board.layout().deviceTree(), tree, 0, tree.length);
    return tree;
  }

  @Test
  void guestResetsItself() throws Exception {
    try (GuestMachine guest = new GuestMachine(2, OBEDIENT).start()) {
      guest.awaitOutput("B");
      byte[] first = deviceTree(guest.board());
      guest.type("r");
      guest.awaitOutput("BB");
      byte[] second = deviceTree(guest.board());
      assertThat(second).as("a fresh seed").hasSameSizeAs(first).isNotEqualTo(first);
      guest.type("r");
      guest.awaitOutput("BBB");
      guest.type("q");
      assertThat(guest.finish()).isEqualTo("BBB");
    }
  }

  @Test
  void hostResetsAndPausesTheGuest() throws Exception {
    try (GuestMachine guest = new GuestMachine(1, OBEDIENT).start()) {
      guest.awaitOutput("B");
      Machine machine = guest.board().machine();
      machine.reset();
      guest.awaitOutput("BB");
      machine.pause();
      guest.type("x");
      long retired = guest.board().harts().hart(0).retired();
      machine.reset();
      assertThat(guest.board().harts().hart(0).retired()).isZero().isLessThan(retired);
      machine.resume();
      guest.awaitOutput("BBBx");
      guest.type("q");
      guest.finish();
    }
  }

  @Test
  void hostPullsThePlug() throws Exception {
    try (GuestMachine guest = new GuestMachine(8, OBEDIENT).start()) {
      guest.awaitOutput("B");
      guest.board().machine().powerOff();
      assertThat(guest.awaitStop()).isInstanceOf(StopReason.Killed.class);
    }
  }

  /** The guest keeps a letter in a register, which it has in common with no other board. */
  @Test
  void savedStateGoesOnOnAnotherBoard() throws Exception {
    String program =
        """
                call get
                mv   s4, a0
                call put
        next:   call get
                li   t0, 0x71
                beq  a0, t0, off
                mv   a0, s4
                call put
                j    next
        """;
    try (GuestMachine guest = new GuestMachine(2, program).start();
        GuestMachine other = new GuestMachine(2, program)) {
      guest.type("k");
      guest.awaitOutput("k");
      guest.board().machine().pause();
      MachineState state = guest.board().machine().save();
      copyMemory(guest.board(), other.board());
      other.board().machine().start(state);
      other.type("?");
      other.awaitOutput("k");
      other.type("q");
      assertThat(other.finish()).isEqualTo("k");
      guest.board().machine().resume();
      guest.type("?q");
      assertThat(guest.finish()).isEqualTo("kk");
    }
  }

  private static void copyMemory(RiscvBoard from, RiscvBoard to) {
    long size = from.memory().size();
    byte[] block = new byte[1 << 20];
    for (long done = 0; done < size; done += block.length) {
      from.memory().read(BoardMap.MEMORY + done, block, 0, block.length);
      if (!isZero(block)) {
        to.memory().write(BoardMap.MEMORY + done, block, 0, block.length);
      }
    }
  }

  private static boolean isZero(byte[] block) {
    return Arrays.mismatch(block, new byte[block.length]) < 0;
  }

  @Test
  void everyComponentGivesItsState() throws Exception {
    BoardConfiguration shape = TestBoards.configuration(3, "", true);
    try (RiscvBoard board = new RiscvBoard(shape, new Interpreter())) {
      board.machine().start();
      board.machine().pause();
      assertThat(board.machine().save().components())
          .containsOnlyKeys(
              "clock", "sbi", "serial", "rtc", "vmgenid", "first", "second", "plic", "vcpu0",
              "vcpu1", "vcpu2");
    }
  }

  @Test
  void refusesWhatCannotBeBuilt() {
    BoardConfiguration good = TestBoards.configuration(1, "", false);
    assertThatThrownBy(() -> with(good, 0, good.memoryBytes())).hasMessageContaining("1 to 8");
    assertThatThrownBy(() -> with(good, 9, good.memoryBytes())).hasMessageContaining("1 to 8");
    assertThatThrownBy(() -> with(good, 1, 3)).hasMessageContaining("64 MiB to 16 GiB");
    assertThatThrownBy(() -> with(good, 1, 1L << 50)).hasMessageContaining("64 MiB to 16 GiB");
    assertThatThrownBy(() -> with(good, 1, (64L << 20) + 4096)).hasMessageContaining("whole MiB");
    BoardConfiguration crammed =
        new BoardConfiguration(
            1,
            TestBoards.MEMORY,
            TestBoards.kernel(new byte[(int) TestBoards.MEMORY]),
            null,
            "",
            good.slots(),
            good.console(),
            good.clock(),
            good.entropy());
    assertThatThrownBy(() -> new RiscvBoard(crammed, new Interpreter()))
        .isInstanceOf(KernelImageException.class)
        .hasMessageContaining("too little");
  }

  @Test
  void deviceThatCannotBeMadeLeavesNothingBehind() {
    BoardConfiguration good = TestBoards.configuration(1, "", false);
    boolean[] closed = new boolean[1];
    MappedDevice.Slot witness =
        MappedDevice.Slot.virtio(
            (memory, clock, interrupt) -> {
              MappedDevice made =
                  good.slots().getFirst().factory().create(memory, clock, interrupt);
              return new MappedDevice(new ClosingDevice(made.device(), closed), made.registers());
            });
    MappedDevice.Slot broken =
        MappedDevice.Slot.virtio(
            (memory, clock, interrupt) -> {
              throw new IllegalStateException("no such disk");
            });
    BoardConfiguration bad =
        new BoardConfiguration(
            1,
            TestBoards.MEMORY,
            good.kernel(),
            null,
            "",
            List.of(witness, broken),
            good.console(),
            good.clock(),
            good.entropy());
    assertThatThrownBy(() -> new RiscvBoard(bad, new Interpreter())).hasMessage("no such disk");
    assertThat(closed).containsExactly(true);
  }

  /** Remembers that it was closed. */
  private record ClosingDevice(Device device, boolean[] closed) implements Device {
    @Override
    public String name() {
      return device.name();
    }

    @Override
    public void reset() {
      device.reset();
    }

    @Override
    public void pause() {
      device.pause();
    }

    @Override
    public void resume() {
      device.resume();
    }

    @Override
    public void close() {
      closed[0] = true;
      device.close();
    }
  }

  private static BoardConfiguration with(BoardConfiguration good, int harts, long memory) {
    return new BoardConfiguration(
        harts,
        memory,
        good.kernel(),
        null,
        "x",
        good.slots(),
        good.console(),
        good.clock(),
        good.entropy());
  }
}
