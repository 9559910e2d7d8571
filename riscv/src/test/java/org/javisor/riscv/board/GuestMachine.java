package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.javisor.machine.Entropy;
import org.javisor.machine.HostClock;
import org.javisor.machine.StopReason;
import org.javisor.riscv.TestEngine;
import org.javisor.riscv.board.console.BufferedConsole;
import org.javisor.riscv.isa.Assembler;
import org.jspecify.annotations.Nullable;

/** A board that boots a program of a test in place of a kernel. */
final class GuestMachine implements AutoCloseable {
  /** Where the program's first instruction is: behind the header of the kernel image. */
  static final long ORIGIN = BoardMap.MEMORY + 0x20_0000 + 64;

  /** Subroutines for programs; they keep every register but those they say. */
  static final String LIBRARY =
      """
      # writes the character in a0; changes a0, a1, a6, a7
      put:     li a7, 0x4442434e
               li a6, 2
               ecall
               ret
      # reads a character into a0; changes a0..a2, a6, a7
      get:     la a1, input
               li a0, 1
               li a2, 0
               li a7, 0x4442434e
               li a6, 1
               ecall
               beqz a1, get
               la a0, input
               lbu a0, 0(a0)
               ret
      # switches the machine off
      off:     li a0, 0
               li a1, 0
               li a7, 0x53525354
               li a6, 0
               ecall
      # says that the guest failed and switches the machine off
      fail:    li a0, 0
               li a1, 1
               li a7, 0x53525354
               li a6, 0
               ecall
               .align 3
      input:   .dword 0
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Screen screen = new Screen();
  private final BufferedConsole console = new BufferedConsole(screen);
  private final RiscvBoard board;

  GuestMachine(int harts, String program) {
    this(harts, new Assembler(ORIGIN).source(program + LIBRARY).bytes());
  }

  GuestMachine(int harts, byte[] program) {
    board =
        new RiscvBoard(
            new BoardConfiguration(
                harts,
                TestBoards.MEMORY,
                TestBoards.kernel(program),
                null,
                "",
                List.of(),
                console,
                new HostClock(),
                Entropy.secure()),
            TestEngine.create());
  }

  RiscvBoard board() {
    return board;
  }

  GuestMachine start() {
    board.machine().start();
    return this;
  }

  void type(String text) throws InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    console.type(bytes, 0, bytes.length);
  }

  /** Waits until the guest has written a text. */
  void awaitOutput(String text) throws InterruptedException {
    assertThat(screen.await(text)).as("output: %s", screen.text()).isTrue();
  }

  /** Runs to the end and returns what the guest wrote. */
  String finish() throws InterruptedException {
    StopReason reason = board.machine().awaitStop(PATIENCE);
    console.awaitWritten();
    assertThat(reason).as("output: %s", screen.text()).isInstanceOf(StopReason.PoweredOff.class);
    return screen.text();
  }

  @Nullable StopReason awaitStop() throws InterruptedException {
    return board.machine().awaitStop(PATIENCE);
  }

  @Override
  public void close() {
    board.close();
    console.close();
  }

  /** What the guest writes. */
  private static final class Screen extends OutputStream {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int octet) {
      content.write(octet);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      content.write(bytes, offset, length);
      notifyAll();
    }

    synchronized String text() {
      return content.toString(StandardCharsets.ISO_8859_1);
    }

    synchronized boolean await(String text) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!text().contains(text)) {
        long remaining = end - System.nanoTime();
        if (remaining <= 0) {
          return false;
        }
        wait(Math.max(1, remaining / 1_000_000));
      }
      return true;
    }
  }
}
