package org.javisor.riscv.board.uart;

import java.util.Arrays;
import org.javisor.machine.ByteRing;
import org.javisor.machine.Device;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.Snapshottable;
import org.javisor.riscv.board.console.ConsolePort;

/**
 * A 16550A UART with eight byte-wide registers (National Semiconductor PC16550D, section 8).
 *
 * <p>The line is a {@link ConsolePort}: it is as fast as the guest and loses nothing. Bytes are
 * taken from the port only when the guest listens and the receive FIFO has room, and a port without
 * room shows as a transmitter that is not empty, so both directions push back. The character
 * time-out of the receive FIFO counts as elapsed as soon as the port has nothing more to give.
 */
public final class Uart16550 implements Device, MmioHandler, Snapshottable<UartState> {
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int INTERRUPT_IDENTIFICATION = 2;
  private static final int LINE_CONTROL = 3;
  private static final int MODEM_CONTROL = 4;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;
  private static final int SCRATCH = 7;

  private static final int FIFO_BYTES = 16;

  private static final int ENABLE_RECEIVED = 0x1;
  private static final int ENABLE_TRANSMITTER = 0x2;
  private static final int ENABLE_LINE = 0x4;
  private static final int ENABLE_MODEM = 0x8;

  private static final int FIFO_ENABLE = 0x1;
  private static final int FIFO_CLEAR_RECEIVER = 0x2;
  private static final int FIFO_CLEAR_TRANSMITTER = 0x4;
  private static final int FIFO_KEPT_BITS = 0xc9;
  private static final int[] FIFO_TRIGGERS = {1, 4, 8, 14};

  private static final int IDENTIFY_NONE = 0x1;
  private static final int IDENTIFY_MODEM = 0x0;
  private static final int IDENTIFY_TRANSMITTER = 0x2;
  private static final int IDENTIFY_RECEIVED = 0x4;
  private static final int IDENTIFY_LINE = 0x6;
  private static final int IDENTIFY_TIMEOUT = 0xc;
  private static final int IDENTIFY_FIFO = 0xc0;

  private static final int DIVISOR_ACCESS = 0x80;
  private static final int MODEM_CONTROL_BITS = 0x1f;
  private static final int LOOPBACK = 0x10;

  private static final int DATA_READY = 0x1;
  private static final int OVERRUN = 0x2;
  private static final int LINE_ERRORS = 0x1e;
  private static final int TRANSMITTER_ROOM = 0x20;
  private static final int TRANSMITTER_IDLE = 0x40;

  /** Carrier, data set ready and clear to send: the console is always there. */
  private static final int MODEM_CONNECTED = 0xb0;

  private static final int RING_INDICATOR = 0x40;

  private final UartConfiguration configuration;
  private final ConsolePort port;
  private final InterruptLine interrupt;
  private final Object lock = new Object();
  private final ByteRing received = new ByteRing(FIFO_BYTES);
  private final ByteRing transmitting = new ByteRing(FIFO_BYTES);
  private final byte[] moved = new byte[FIFO_BYTES];

  private int interruptEnable;
  private int fifoControl;
  private int lineControl;
  private int modemControl;
  private int lineErrors;
  private int modemLines = MODEM_CONNECTED;
  private int modemDeltas;
  private int scratch;
  private int divisor;
  private boolean transmitterInterrupt;
  private boolean paused;

  private long bytesIn;
  private long bytesOut;
  private long overruns;

  /** A UART after power-on. */
  public Uart16550(UartConfiguration configuration, ConsolePort port, InterruptLine interrupt) {
    this.configuration = configuration;
    this.port = port;
    this.interrupt = interrupt;
    clear();
    port.onReady(this::portReady);
  }

  @Override
  public long read(long offset, int size) {
    if (size != 1) {
      return 0;
    }
    synchronized (lock) {
      boolean divisorAccess = (lineControl & DIVISOR_ACCESS) != 0;
      long value =
          switch ((int) offset) {
            case DATA -> divisorAccess ? divisor & 0xff : receive();
            case INTERRUPT_ENABLE -> divisorAccess ? divisor >> 8 : interruptEnable;
            case INTERRUPT_IDENTIFICATION -> identify();
            case LINE_CONTROL -> lineControl;
            case MODEM_CONTROL -> modemControl;
            case LINE_STATUS -> lineStatus();
            case MODEM_STATUS -> modemStatus();
            case SCRATCH -> scratch;
            default -> 0;
          };
      update();
      return value;
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size != 1) {
      return;
    }
    int octet = (int) value & 0xff;
    synchronized (lock) {
      boolean divisorAccess = (lineControl & DIVISOR_ACCESS) != 0;
      switch ((int) offset) {
        case DATA -> {
          if (divisorAccess) {
            divisor = (divisor & 0xff00) | octet;
          } else {
            transmit((byte) octet);
          }
        }
        case INTERRUPT_ENABLE -> {
          if (divisorAccess) {
            divisor = (divisor & 0xff) | (octet << 8);
          } else {
            enableInterrupts(octet & 0xf);
          }
        }
        case INTERRUPT_IDENTIFICATION -> controlFifo(octet);
        case LINE_CONTROL -> lineControl = octet;
        case MODEM_CONTROL -> controlModem(octet & MODEM_CONTROL_BITS);
        case SCRATCH -> scratch = octet;
        default -> {
          // The status registers are read-only, and nothing is behind the eighth.
        }
      }
      update();
    }
  }

  private int receive() {
    pull();
    if (received.take(moved, 0, 1) == 0) {
      return 0;
    }
    int octet = moved[0] & 0xff;
    pull();
    return octet;
  }

  private void transmit(byte octet) {
    transmitterInterrupt = false;
    if ((modemControl & LOOPBACK) != 0) {
      if (received.size() >= depth() || !received.put(octet)) {
        lineErrors |= OVERRUN;
        overruns++;
      }
    } else {
      push();
      if (transmitting.size() >= depth() || !transmitting.put(octet)) {
        overruns++;
      }
      push();
    }
    transmitterInterrupt |= transmitting.size() == 0;
  }

  private int depth() {
    return (fifoControl & FIFO_ENABLE) != 0 ? FIFO_BYTES : 1;
  }

  private void enableInterrupts(int enable) {
    boolean newly = (enable & ~interruptEnable & ENABLE_TRANSMITTER) != 0;
    interruptEnable = enable;
    if (newly && transmitting.size() == 0) {
      transmitterInterrupt = true;
    }
  }

  private void controlFifo(int value) {
    boolean changed = ((value ^ fifoControl) & FIFO_ENABLE) != 0;
    if (changed || (value & FIFO_CLEAR_RECEIVER) != 0) {
      received.clear();
    }
    if (changed || (value & FIFO_CLEAR_TRANSMITTER) != 0) {
      if (transmitting.size() != 0) {
        transmitterInterrupt = true;
      }
      transmitting.clear();
    }
    fifoControl = (value & FIFO_ENABLE) != 0 ? value & FIFO_KEPT_BITS : 0;
  }

  private void controlModem(int value) {
    modemControl = value;
    // In loopback DTR, RTS, OUT1 and OUT2 are wired to DSR, CTS, RI and DCD.
    int lines =
        (value & LOOPBACK) == 0
            ? MODEM_CONNECTED
            : ((value & 0x1) << 5)
                | ((value & 0x2) << 3)
                | ((value & 0x4) << 4)
                | ((value & 0x8) << 4);
    int changed = lines ^ modemLines;
    // The ring indicator reports its trailing edge only.
    if ((lines & RING_INDICATOR) != 0) {
      changed &= ~RING_INDICATOR;
    }
    modemDeltas |= changed >> 4;
    modemLines = lines;
  }

  private int lineStatus() {
    pull();
    push();
    int status = lineErrors;
    lineErrors = 0;
    if (received.size() > 0) {
      status |= DATA_READY;
    }
    if (transmitting.size() == 0) {
      status |= TRANSMITTER_ROOM | TRANSMITTER_IDLE;
    }
    return status;
  }

  private int modemStatus() {
    int status = modemLines | modemDeltas;
    modemDeltas = 0;
    return status;
  }

  private int identify() {
    int cause = cause();
    if (cause == IDENTIFY_TRANSMITTER) {
      transmitterInterrupt = false;
    }
    return cause | ((fifoControl & FIFO_ENABLE) != 0 ? IDENTIFY_FIFO : 0);
  }

  /** The pending interrupt of the highest priority (table 8-4 of the data sheet). */
  private int cause() {
    if ((interruptEnable & ENABLE_LINE) != 0 && (lineErrors & LINE_ERRORS) != 0) {
      return IDENTIFY_LINE;
    }
    if ((interruptEnable & ENABLE_RECEIVED) != 0 && received.size() > 0) {
      boolean fifo = (fifoControl & FIFO_ENABLE) != 0;
      boolean triggered = !fifo || received.size() >= FIFO_TRIGGERS[fifoControl >> 6];
      return triggered ? IDENTIFY_RECEIVED : IDENTIFY_TIMEOUT;
    }
    if ((interruptEnable & ENABLE_TRANSMITTER) != 0 && transmitterInterrupt) {
      return IDENTIFY_TRANSMITTER;
    }
    if ((interruptEnable & ENABLE_MODEM) != 0 && modemDeltas != 0) {
      return IDENTIFY_MODEM;
    }
    return IDENTIFY_NONE;
  }

  /** Takes typed bytes from the port while there is room; in loopback the line is cut. */
  private void pull() {
    if (paused || (modemControl & LOOPBACK) != 0) {
      return;
    }
    int room = depth() - received.size();
    if (room > 0) {
      int count = port.read(moved, 0, room);
      received.put(moved, 0, count);
      bytesIn += count;
    }
  }

  /** Gives what waits to the port as far as it has room. */
  private void push() {
    if (paused || transmitting.size() == 0) {
      return;
    }
    int waiting = transmitting.peek(moved, 0, moved.length);
    int count = port.write(moved, 0, waiting);
    transmitting.drop(count);
    bytesOut += count;
    if (transmitting.size() == 0) {
      transmitterInterrupt = true;
    }
  }

  private void portReady() {
    synchronized (lock) {
      if (!paused) {
        if (wantsInput()) {
          pull();
        }
        push();
        update();
      }
    }
  }

  /**
   * Whether the guest waits to be told of input. Until then the port keeps it: the guest may read
   * it in another way, and looks at the line status if it polls.
   */
  private boolean wantsInput() {
    return (interruptEnable & ENABLE_RECEIVED) != 0;
  }

  private void update() {
    if (wantsInput() && received.size() == 0) {
      pull();
    }
    interrupt.set(cause() != IDENTIFY_NONE);
  }

  /** Counters since the UART was made. */
  public UartMetrics metrics() {
    synchronized (lock) {
      return new UartMetrics(bytesIn, bytesOut, overruns);
    }
  }

  @Override
  public String name() {
    return configuration.name();
  }

  @Override
  public void reset() {
    synchronized (lock) {
      clear();
      update();
    }
  }

  private void clear() {
    interruptEnable = 0;
    fifoControl = 0;
    lineControl = 0;
    modemControl = 0;
    lineErrors = 0;
    modemLines = MODEM_CONNECTED;
    modemDeltas = 0;
    scratch = 0;
    divisor = 0;
    transmitterInterrupt = false;
    received.clear();
    transmitting.clear();
    Arrays.fill(moved, (byte) 0);
  }

  @Override
  public void pause() {
    synchronized (lock) {
      paused = true;
    }
  }

  @Override
  public void resume() {
    synchronized (lock) {
      paused = false;
    }
    portReady();
  }

  @Override
  public void close() {
    pause();
  }

  @Override
  public Class<UartState> stateType() {
    return UartState.class;
  }

  @Override
  public UartState save() {
    synchronized (lock) {
      return new UartState(
          interruptEnable,
          fifoControl,
          lineControl,
          modemControl,
          lineErrors,
          modemDeltas,
          scratch,
          divisor,
          transmitterInterrupt,
          received.toByteArray(),
          transmitting.toByteArray());
    }
  }

  @Override
  public void restore(UartState state) {
    if (state.received().length > FIFO_BYTES || state.transmitting().length > FIFO_BYTES) {
      throw new SavedStateException(name() + ": a FIFO holds more than " + FIFO_BYTES + " bytes");
    }
    synchronized (lock) {
      clear();
      interruptEnable = state.interruptEnable() & 0xf;
      fifoControl = state.fifoControl() & FIFO_KEPT_BITS;
      lineControl = state.lineControl() & 0xff;
      controlModem(state.modemControl() & MODEM_CONTROL_BITS);
      lineErrors = state.lineErrors() & LINE_ERRORS;
      modemDeltas = state.modemDeltas() & 0xf;
      scratch = state.scratch() & 0xff;
      divisor = state.divisor() & 0xffff;
      transmitterInterrupt = state.transmitterInterrupt();
      received.put(state.received(), 0, state.received().length);
      transmitting.put(state.transmitting(), 0, state.transmitting().length);
      update();
    }
  }
}
