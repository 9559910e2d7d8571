package org.javisor.riscv.board.rtc;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of a real-time clock.
 *
 * @param offsetNanos what the guest has set the clock ahead of the machine's wall-clock time
 * @param latchedTime time whose high half the guest has yet to read, nanoseconds since 1970
 * @param heldTimeHigh high half of a time about to be set
 * @param heldAlarmHigh high half of an alarm about to be set
 * @param alarmNanos the alarm, nanoseconds since 1970
 * @param alarmArmed whether it is to come
 * @param interruptEnabled the guest's mask
 * @param interruptPending whether an alarm came and was not yet cleared
 */
@StateVersion(1)
public record GoldfishRtcState(
    long offsetNanos,
    long latchedTime,
    int heldTimeHigh,
    int heldAlarmHigh,
    long alarmNanos,
    boolean alarmArmed,
    boolean interruptEnabled,
    boolean interruptPending)
    implements SavedState {}
