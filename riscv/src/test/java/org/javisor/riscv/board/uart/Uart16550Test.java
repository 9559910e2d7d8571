package org.javisor.riscv.board.uart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.javisor.machine.SavedStateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Uart16550Test {
  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCR = 7;

  private static final UartConfiguration SHAPE = new UartConfiguration("serial", 3_686_400);

  private final Line line = new Line();
  private boolean interrupt;
  private final Uart16550 uart = new Uart16550(SHAPE, line, level -> interrupt = level);

  private int read(int register) {
    return (int) uart.read(register, 1);
  }

  private void write(int register, int value) {
    uart.write(register, 1, value);
  }

  @Test
  void idleAfterPowerOn() {
    assertThat(read(LSR)).isEqualTo(0x60);
    assertThat(read(IIR)).isEqualTo(0x01);
    assertThat(read(MSR)).isEqualTo(0xb0);
    assertThat(interrupt).isFalse();
  }

  @Test
  void bytesGoOutAndComeIn() {
    write(DATA, 'h');
    write(DATA, 'i');
    assertThat(line.written()).isEqualTo("hi");
    line.type("yo");
    assertThat(read(LSR) & 1).isEqualTo(1);
    assertThat(read(DATA)).isEqualTo('y');
    assertThat(read(DATA)).isEqualTo('o');
    assertThat(read(LSR) & 1).isZero();
    assertThat(uart.metrics()).isEqualTo(new UartMetrics(2, 2, 0));
  }

  @Test
  void fifoHoldsBackWhatItHasNoRoomFor() {
    write(FCR, 0x01);
    write(IER, 0x01);
    line.type("0123456789abcdefXYZ");
    assertThat(line.waiting()).isEqualTo(3);
    assertThat(read(DATA)).isEqualTo('0');
    assertThat(line.waiting()).isEqualTo(2);
  }

  @Test
  void inputIsLeftToOthersUntilTheGuestListens() {
    line.type("a");
    write(DATA, 'x');
    assertThat(line.waiting()).isEqualTo(1);
    write(IER, 0x01);
    assertThat(line.waiting()).isZero();
    assertThat(interrupt).isTrue();
  }

  @Test
  void receiveInterruptByTriggerLevelElseByTimeout() {
    write(FCR, 0x81);
    write(IER, 0x01);
    line.type("1234567");
    assertThat(interrupt).isTrue();
    assertThat(read(IIR)).as("below the trigger of 8").isEqualTo(0xcc);
    line.type("8");
    assertThat(read(IIR)).isEqualTo(0xc4);
    for (int i = 0; i < 8; i++) {
      read(DATA);
    }
    assertThat(interrupt).isFalse();
    assertThat(read(IIR)).isEqualTo(0xc1);
  }

  @Test
  void transmitterInterruptOnceUntilAskedFor() {
    write(IER, 0x02);
    assertThat(interrupt).as("enabling it with an empty transmitter").isTrue();
    assertThat(read(IIR)).isEqualTo(0x02);
    assertThat(interrupt).as("reading IIR clears it").isFalse();
    write(DATA, 'x');
    assertThat(interrupt).as("empty again").isTrue();
  }

  @Test
  void stalledConsoleStallsTheTransmitterAndLosesNothing() {
    write(FCR, 0x01);
    write(IER, 0x02);
    read(IIR);
    line.room(1);
    write(DATA, 'a');
    read(IIR);
    write(DATA, 'b');
    assertThat(read(LSR) & 0x60).isZero();
    assertThat(interrupt).isFalse();
    line.room(100);
    assertThat(line.written()).isEqualTo("ab");
    assertThat(interrupt).isTrue();
    assertThat(read(LSR) & 0x60).isEqualTo(0x60);
  }

  @Test
  void overfullTransmitterDropsAndCounts() {
    line.room(0);
    write(DATA, 'a');
    write(DATA, 'b');
    line.room(100);
    assertThat(line.written()).isEqualTo("a");
    assertThat(uart.metrics().overruns()).isEqualTo(1);
  }

  @Test
  void loopbackTurnsDataAndModemLinesAround() {
    write(MCR, 0x10);
    write(DATA, 'z');
    assertThat(line.written()).isEmpty();
    assertThat(read(DATA)).isEqualTo('z');
    // The probe of Linux's driver: OUT2 and RTS come back as DCD and CTS.
    write(MCR, 0x1a);
    assertThat(read(MSR) & 0xf0).isEqualTo(0x90);
    write(MCR, 0x15);
    assertThat(read(MSR) & 0xf0).isEqualTo(0x60);
    line.type("q");
    assertThat(read(LSR) & 1).as("the line is cut").isZero();
    write(MCR, 0x00);
    assertThat(read(LSR) & 1).isEqualTo(1);
  }

  @Test
  void loopbackOverrunIsALineStatusInterrupt() {
    write(MCR, 0x10);
    write(IER, 0x04);
    write(DATA, 'a');
    write(DATA, 'b');
    assertThat(interrupt).isTrue();
    assertThat(read(IIR)).isEqualTo(0x06);
    assertThat(read(LSR) & 0x02).isEqualTo(0x02);
    assertThat(interrupt).isFalse();
  }

  @Test
  void modemChangeInterruptsAndReadingClearsIt() {
    write(IER, 0x08);
    write(MCR, 0x10);
    assertThat(interrupt).isTrue();
    assertThat(read(IIR)).isZero();
    assertThat(read(MSR)).as("carrier, DSR and CTS went away").isEqualTo(0x0b);
    assertThat(interrupt).isFalse();
  }

  @Test
  void divisorLatchHidesDataAndInterruptEnable() {
    write(IER, 0x05);
    write(LCR, 0x80);
    write(DATA, 0x34);
    write(IER, 0x12);
    assertThat(read(DATA)).isEqualTo(0x34);
    assertThat(read(IER)).isEqualTo(0x12);
    write(LCR, 0x03);
    assertThat(read(IER)).isEqualTo(0x05);
    assertThat(line.written()).isEmpty();
  }

  @Test
  void clearingTheReceiverFifoDropsItsBytes() {
    write(FCR, 0x01);
    line.type("abc");
    assertThat(read(LSR) & 1).isEqualTo(1);
    write(FCR, 0x03);
    assertThat(read(LSR) & 1).isZero();
  }

  @Test
  void nothingMovesWhilePaused() {
    write(FCR, 0x01);
    write(IER, 0x01);
    uart.pause();
    line.type("a");
    assertThat(interrupt).isFalse();
    assertThat(line.waiting()).isEqualTo(1);
    uart.resume();
    assertThat(interrupt).isTrue();
    assertThat(read(DATA)).isEqualTo('a');
  }

  @Test
  void stateGoesIntoAnotherUart() {
    write(FCR, 0x41);
    write(LCR, 0x13);
    write(MCR, 0x0b);
    write(SCR, 0x77);
    write(IER, 0x01);
    line.type("abc");
    line.room(0);
    write(DATA, 'o');
    boolean[] level = new boolean[1];
    Line elsewhere = new Line();
    Uart16550 other = new Uart16550(SHAPE, elsewhere, asserted -> level[0] = asserted);
    other.pause();
    other.restore(uart.save());
    other.resume();
    assertThat(elsewhere.written()).isEqualTo("o");
    assertThat(level[0]).isTrue();
    assertThat(other.read(DATA, 1)).isEqualTo('a');
    assertThat(other.read(SCR, 1)).isEqualTo(0x77);
    assertThat(other.read(LCR, 1)).isEqualTo(0x13);
    assertThat(other.read(MCR, 1)).isEqualTo(0x0b);
  }

  @Test
  void refusesStateWithAnOverlongFifo() {
    UartState state = new UartState(0, 0, 0, 0, 0, 0, 0, 0, false, new byte[17], new byte[0]);
    assertThatThrownBy(() -> uart.restore(state)).isInstanceOf(SavedStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void hostileAccessesNeitherThrowNorReadMoreThanAByte(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextBoolean() ? random.nextInt(8) : random.nextInt(0x100);
      switch (random.nextInt(4)) {
        case 0 -> uart.write(offset, size, random.nextLong());
        case 1 -> line.room(random.nextInt(20));
        case 2 -> {
          if (line.waiting() < 100) {
            line.type("input");
          }
        }
        default -> assertThat(uart.read(offset, size)).as("seed %d", seed).isBetween(0L, 0xffL);
      }
    }
  }
}
