package org.javisor.riscv.board.rtc;

import java.time.Instant;
import org.javisor.machine.Clock;
import org.javisor.machine.Device;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;
import org.javisor.machine.Snapshottable;
import org.javisor.machine.Timer;

/**
 * A Goldfish real-time clock: wall-clock time in nanoseconds since 1970, and one alarm.
 *
 * <p>Registers are 32 bits wide. Reading the low half of the time latches the high half; writing
 * the low half of the time or of the alarm takes effect together with the high half written before.
 */
public final class GoldfishRtc implements Device, MmioHandler, Snapshottable<GoldfishRtcState> {
  private static final int TIME_LOW = 0x00;
  private static final int TIME_HIGH = 0x04;
  private static final int ALARM_LOW = 0x08;
  private static final int ALARM_HIGH = 0x0c;
  private static final int INTERRUPT_ENABLED = 0x10;
  private static final int CLEAR_ALARM = 0x14;
  private static final int ALARM_STATUS = 0x18;
  private static final int CLEAR_INTERRUPT = 0x1c;

  private final GoldfishRtcConfiguration configuration;
  private final Clock clock;
  private final InterruptLine interrupt;
  private final Timer timer;
  private final Object lock = new Object();

  private long offsetNanos;
  private long latchedTime;
  private int heldTimeHigh;
  private int heldAlarmHigh;
  private long alarmNanos;
  private boolean alarmArmed;
  private boolean interruptEnabled;
  private boolean interruptPending;
  private boolean paused;

  private long reads;
  private long alarms;

  /** A clock after power-on, showing the machine's wall-clock time. */
  public GoldfishRtc(GoldfishRtcConfiguration configuration, Clock clock, InterruptLine interrupt) {
    this.configuration = configuration;
    this.clock = clock;
    this.interrupt = interrupt;
    timer = clock.timer(this::expire);
  }

  @Override
  public long read(long offset, int size) {
    if (size != Integer.BYTES) {
      return 0;
    }
    synchronized (lock) {
      return switch ((int) offset) {
        case TIME_LOW -> {
          reads++;
          latchedTime = now();
          yield (int) latchedTime;
        }
        case TIME_HIGH -> latchedTime >>> 32;
        case ALARM_LOW -> (int) alarmNanos;
        case ALARM_HIGH -> alarmNanos >>> 32;
        case INTERRUPT_ENABLED -> interruptEnabled ? 1 : 0;
        case ALARM_STATUS -> alarmArmed ? 1 : 0;
        default -> 0;
      };
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size != Integer.BYTES) {
      return;
    }
    synchronized (lock) {
      switch ((int) offset) {
        case TIME_HIGH -> heldTimeHigh = (int) value;
        case TIME_LOW -> {
          offsetNanos += join(heldTimeHigh, value) - now();
          arm();
        }
        case ALARM_HIGH -> heldAlarmHigh = (int) value;
        case ALARM_LOW -> {
          alarmNanos = join(heldAlarmHigh, value);
          alarmArmed = true;
          arm();
        }
        case INTERRUPT_ENABLED -> interruptEnabled = (value & 1) != 0;
        case CLEAR_ALARM -> {
          alarmArmed = false;
          arm();
        }
        case CLEAR_INTERRUPT -> interruptPending = false;
        default -> {
          // Nothing else can be written.
        }
      }
      update();
    }
  }

  private static long join(int high, long low) {
    return ((long) high << 32) | (low & 0xffff_ffffL);
  }

  /** The time shown, nanoseconds since 1970; it wraps where the guest sets nonsense. */
  private long now() {
    Instant wall = clock.wallTime();
    return wall.getEpochSecond() * 1_000_000_000L + wall.getNano() + offsetNanos;
  }

  /** Sets the timer to the alarm; an alarm in the past comes at once. */
  private void arm() {
    if (!alarmArmed) {
      timer.disarm();
      return;
    }
    long remaining = alarmNanos - now();
    if (remaining <= 0) {
      ring();
      return;
    }
    long present = clock.nanos();
    long deadline = present + remaining;
    timer.arm(deadline < present ? Long.MAX_VALUE : deadline);
  }

  private void expire() {
    synchronized (lock) {
      if (!paused && alarmArmed) {
        // Wall-clock and guest time may have drifted apart since the timer was set.
        arm();
        update();
      }
    }
  }

  private void ring() {
    timer.disarm();
    alarmArmed = false;
    interruptPending = true;
    alarms++;
  }

  private void update() {
    interrupt.set(interruptPending && interruptEnabled);
  }

  /** Counters since the clock was made. */
  public GoldfishRtcMetrics metrics() {
    synchronized (lock) {
      return new GoldfishRtcMetrics(reads, alarms);
    }
  }

  @Override
  public String name() {
    return configuration.name();
  }

  /** Clears alarm and interrupt; the clock has a battery and keeps the time that was set. */
  @Override
  public void reset() {
    synchronized (lock) {
      latchedTime = 0;
      heldTimeHigh = 0;
      heldAlarmHigh = 0;
      alarmNanos = 0;
      alarmArmed = false;
      interruptEnabled = false;
      interruptPending = false;
      arm();
      update();
    }
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
      arm();
      update();
    }
  }

  @Override
  public void close() {
    timer.disarm();
  }

  @Override
  public Class<GoldfishRtcState> stateType() {
    return GoldfishRtcState.class;
  }

  @Override
  public GoldfishRtcState save() {
    synchronized (lock) {
      return new GoldfishRtcState(
          offsetNanos,
          latchedTime,
          heldTimeHigh,
          heldAlarmHigh,
          alarmNanos,
          alarmArmed,
          interruptEnabled,
          interruptPending);
    }
  }

  @Override
  public void restore(GoldfishRtcState state) {
    synchronized (lock) {
      offsetNanos = state.offsetNanos();
      latchedTime = state.latchedTime();
      heldTimeHigh = state.heldTimeHigh();
      heldAlarmHigh = state.heldAlarmHigh();
      alarmNanos = state.alarmNanos();
      alarmArmed = state.alarmArmed();
      interruptEnabled = state.interruptEnabled();
      interruptPending = state.interruptPending();
      arm();
      update();
    }
  }
}
