package org.javisor.riscv.board.sbi;

import java.util.List;

/**
 * PMU extension (SBI 2.0, chapter 11): the fixed counters and firmware counters, without overflow
 * interrupts, filters or snapshots.
 */
final class PerformanceMonitoringExtension implements SbiExtension {
  private static final long CYCLE_CSR = 0xc00;
  private static final long WIDTH_64 = 63L << 12;
  private static final long FIRMWARE_TYPE = 1L << 63;

  private static final long GENERAL_CYCLES = 1;
  private static final long GENERAL_INSTRUCTIONS = 2;
  private static final long FIRMWARE_EVENT_TYPE = 0xf;

  private static final long SKIP_MATCH = 0x1;
  private static final long CLEAR_VALUE = 0x2;
  private static final long AUTO_START = 0x4;

  /** The filter flags are hints; no counter here can follow them. */
  private static final long CONFIGURATION_FLAGS = 0xff;

  private static final long START_SET_INITIAL_VALUE = 0x1;
  private static final long START_FROM_SNAPSHOT = 0x2;
  private static final long STOP_RESET = 0x1;
  private static final long STOP_TAKE_SNAPSHOT = 0x2;

  private final List<HartCounters> counters;

  PerformanceMonitoringExtension(List<HartCounters> counters) {
    this.counters = counters;
  }

  @Override
  public long id() {
    return 0x504d55;
  }

  @Override
  public SbiResult call(SbiCall call) {
    HartCounters own = counters.get(call.hart().id());
    return switch ((int) call.function()) {
      case 0 -> SbiResult.of(HartCounters.COUNT);
      case 1 -> information(call.a0());
      case 2 -> configure(call, own);
      case 3 -> start(call, own);
      case 4 -> stop(call, own);
      case 5 ->
          isFirmware(call.a0())
              ? SbiResult.of(own.value((int) call.a0()))
              : SbiError.INVALID_PARAMETER.result();
      case 6 -> isFirmware(call.a0()) ? SbiResult.SUCCESS : SbiError.INVALID_PARAMETER.result();
      default -> SbiError.NOT_SUPPORTED.result();
    };
  }

  private static boolean exists(long counter) {
    return counter >= 0
        && counter < HartCounters.COUNT
        && (HartCounters.EXISTING >> counter & 1) != 0;
  }

  private static boolean isFirmware(long counter) {
    return exists(counter) && HartCounters.isFirmware((int) counter);
  }

  private static SbiResult information(long counter) {
    if (!exists(counter)) {
      return SbiError.INVALID_PARAMETER.result();
    }
    return SbiResult.of(
        isFirmware(counter) ? FIRMWARE_TYPE | WIDTH_64 : CYCLE_CSR + counter | WIDTH_64);
  }

  /** The counters that base and mask mean; 0, which names none, if one of them does not exist. */
  private static long set(long base, long mask) {
    if (base < 0 || base >= HartCounters.COUNT) {
      return 0;
    }
    long set = mask << base;
    return set >>> base != mask || (set & ~HartCounters.EXISTING) != 0 ? 0 : set;
  }

  private static SbiResult configure(SbiCall call, HartCounters own) {
    long set = set(call.a0(), call.a1());
    long flags = call.a2();
    long event = call.a3();
    if (set == 0 || (flags & ~CONFIGURATION_FLAGS) != 0) {
      return SbiError.INVALID_PARAMETER.result();
    }
    if ((flags & SKIP_MATCH) != 0) {
      set = Long.lowestOneBit(set);
    }
    for (long rest = set; rest != 0; rest &= rest - 1) {
      int counter = Long.numberOfTrailingZeros(rest);
      boolean free = (flags & SKIP_MATCH) != 0 || !own.isConfigured(counter);
      if (free && !own.isStarted(counter) && assign(own, counter, event, call.a4())) {
        if ((flags & CLEAR_VALUE) != 0) {
          own.value(counter, 0);
        }
        if ((flags & AUTO_START) != 0) {
          own.start(counter, call.hart());
        }
        return SbiResult.of(counter);
      }
    }
    return SbiError.NOT_SUPPORTED.result();
  }

  /** Gives a counter an event; false if it cannot count it. */
  private static boolean assign(HartCounters own, int counter, long event, long data) {
    if (data != 0 || event < 0 || event > 0xf_ffff) {
      return false;
    }
    if (HartCounters.isFirmware(counter)) {
      FirmwareEvent firmware =
          event >> 16 == FIRMWARE_EVENT_TYPE ? FirmwareEvent.ofCode(event & 0xffff) : null;
      if (firmware == null) {
        return false;
      }
      own.configure(counter, firmware);
      return true;
    }
    if (event != (counter == HartCounters.CYCLE ? GENERAL_CYCLES : GENERAL_INSTRUCTIONS)) {
      return false;
    }
    own.configure(counter);
    return true;
  }

  private static SbiResult start(SbiCall call, HartCounters own) {
    long set = set(call.a0(), call.a1());
    long flags = call.a2();
    if (set == 0 || (flags & ~(START_SET_INITIAL_VALUE | START_FROM_SNAPSHOT)) != 0) {
      return SbiError.INVALID_PARAMETER.result();
    }
    if ((flags & START_FROM_SNAPSHOT) != 0) {
      return SbiError.NO_SHARED_MEMORY.result();
    }
    boolean already = false;
    for (long rest = set; rest != 0; rest &= rest - 1) {
      int counter = Long.numberOfTrailingZeros(rest);
      if (!own.isConfigured(counter)) {
        return SbiError.INVALID_PARAMETER.result();
      }
      if (own.isStarted(counter)) {
        already = true;
        continue;
      }
      if ((flags & START_SET_INITIAL_VALUE) != 0) {
        own.value(counter, call.a3());
      }
      own.start(counter, call.hart());
    }
    return already ? SbiError.ALREADY_STARTED.result() : SbiResult.SUCCESS;
  }

  private static SbiResult stop(SbiCall call, HartCounters own) {
    long set = set(call.a0(), call.a1());
    long flags = call.a2();
    if (set == 0 || (flags & ~(STOP_RESET | STOP_TAKE_SNAPSHOT)) != 0) {
      return SbiError.INVALID_PARAMETER.result();
    }
    if ((flags & STOP_TAKE_SNAPSHOT) != 0) {
      return SbiError.NO_SHARED_MEMORY.result();
    }
    boolean already = false;
    for (long rest = set; rest != 0; rest &= rest - 1) {
      int counter = Long.numberOfTrailingZeros(rest);
      if (own.isStarted(counter)) {
        own.stop(counter, call.hart());
      } else {
        already = true;
      }
      if ((flags & STOP_RESET) != 0) {
        own.forget(counter);
      }
    }
    return already ? SbiError.ALREADY_STOPPED.result() : SbiResult.SUCCESS;
  }
}
