package org.javisor.riscv.board.sbi;

import java.util.Arrays;
import org.javisor.machine.SavedStateException;

/**
 * The performance counters of one hart: {@code cycle} and {@code instret}, which are CSRs that run
 * for ever, and firmware counters, which are kept here.
 *
 * <p>A fixed counter that is stopped keeps its value aside and gets it back when it is started; its
 * CSR runs on meanwhile, as on a hart without {@code mcountinhibit}. Firmware events of a hart may
 * be counted from any thread.
 */
final class HartCounters {
  /** Counter numbers are as the offsets of the CSRs, which is what Linux expects of the fixed. */
  static final int CYCLE = 0;

  static final int INSTRET = 2;
  static final int FIRST_FIRMWARE = 3;
  static final int FIRMWARE = 8;
  static final int COUNT = FIRST_FIRMWARE + FIRMWARE;

  /** Bits of all counters; number 1 would be {@code time}, which is none. */
  static final long EXISTING = ((1L << COUNT) - 1) & ~(1L << 1);

  private static final long FIRMWARE_MASK = ((1L << FIRMWARE) - 1) << FIRST_FIRMWARE;

  private long configured;
  private volatile long started;
  private final long[] values = new long[COUNT];
  private final int[] events = new int[FIRMWARE];

  static boolean isFirmware(int counter) {
    return counter >= FIRST_FIRMWARE;
  }

  /** Counts a firmware event. */
  void count(FirmwareEvent event) {
    if ((started & FIRMWARE_MASK) != 0) {
      countStarted(event);
    }
  }

  private synchronized void countStarted(FirmwareEvent event) {
    for (int index = 0; index < FIRMWARE; index++) {
      if ((started >> (FIRST_FIRMWARE + index) & 1) != 0 && events[index] == event.code()) {
        values[FIRST_FIRMWARE + index]++;
      }
    }
  }

  synchronized boolean isConfigured(int counter) {
    return (configured >> counter & 1) != 0;
  }

  boolean isStarted(int counter) {
    return (started >> counter & 1) != 0;
  }

  /** Gives a fixed counter its one event. */
  synchronized void configure(int counter) {
    configured |= 1L << counter;
  }

  /** Gives a firmware counter an event. */
  synchronized void configure(int counter, FirmwareEvent event) {
    configured |= 1L << counter;
    events[counter - FIRST_FIRMWARE] = event.code();
  }

  /** Takes the event away from a counter. */
  synchronized void forget(int counter) {
    configured &= ~(1L << counter);
  }

  /** Sets the value of a counter that is not started. */
  synchronized void value(int counter, long value) {
    values[counter] = value;
  }

  /** The value of a firmware counter. */
  synchronized long value(int counter) {
    return values[counter];
  }

  synchronized void start(int counter, SbiHart hart) {
    started |= 1L << counter;
    if (counter == CYCLE) {
      hart.cycles(values[counter]);
    } else if (counter == INSTRET) {
      hart.retiredInstructions(values[counter]);
    }
  }

  synchronized void stop(int counter, SbiHart hart) {
    started &= ~(1L << counter);
    if (counter == CYCLE) {
      values[counter] = hart.cycles();
    } else if (counter == INSTRET) {
      values[counter] = hart.retiredInstructions();
    }
  }

  synchronized void reset() {
    configured = 0;
    started = 0;
    Arrays.fill(values, 0);
    Arrays.fill(events, 0);
  }

  synchronized HartCountersState save() {
    return new HartCountersState(configured, started, values.clone(), events.clone());
  }

  synchronized void restore(HartCountersState state) {
    if (state.values().length != COUNT || state.events().length != FIRMWARE) {
      throw new SavedStateException("sbi: another number of performance counters");
    }
    for (int event : state.events()) {
      if (event != 0 && FirmwareEvent.ofCode(event) == null) {
        throw new SavedStateException("sbi: no firmware event " + event);
      }
    }
    configured = state.configured() & EXISTING;
    started = state.started() & EXISTING;
    System.arraycopy(state.values(), 0, values, 0, COUNT);
    System.arraycopy(state.events(), 0, events, 0, FIRMWARE);
  }
}
