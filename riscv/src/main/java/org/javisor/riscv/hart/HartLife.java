package org.javisor.riscv.hart;

/**
 * Where a hart is in its life, as SBI's hart state management has it. Other harts start a stopped
 * one from their threads; everything else happens on the hart's own.
 */
final class HartLife {
  private HartStatus status = HartStatus.STOPPED;
  private long startAddress;
  private long startArgument;
  private boolean resumesAtStart;

  synchronized HartStatus status() {
    return status;
  }

  /** Where the last start begins. */
  synchronized long startAddress() {
    return startAddress;
  }

  /** What the last start is given. */
  synchronized long startArgument() {
    return startArgument;
  }

  /** Makes a start pending; false if the hart is not stopped. */
  synchronized boolean start(long address, long argument) {
    if (status != HartStatus.STOPPED) {
      return false;
    }
    startAddress = address;
    startArgument = argument;
    status = HartStatus.START_PENDING;
    return true;
  }

  synchronized void stop() {
    status = HartStatus.STOPPED;
  }

  /** Suspends; the hart then goes on where it was. */
  synchronized void suspend() {
    status = HartStatus.SUSPENDED;
    resumesAtStart = false;
  }

  /** Suspends; the hart then starts at an address. */
  synchronized void suspend(long address, long argument) {
    status = HartStatus.SUSPENDED;
    resumesAtStart = true;
    startAddress = address;
    startArgument = argument;
  }

  /**
   * Does what is due: a resumption, if there is an interrupt to resume for, or a pending start.
   *
   * @return whether the hart starts now and so has to take its initial state
   */
  synchronized boolean proceed(boolean interrupted) {
    if (status == HartStatus.SUSPENDED && interrupted) {
      status = resumesAtStart ? HartStatus.START_PENDING : HartStatus.STARTED;
    }
    if (status != HartStatus.START_PENDING) {
      return false;
    }
    status = HartStatus.STARTED;
    resumesAtStart = false;
    return true;
  }

  synchronized void reset() {
    status = HartStatus.STOPPED;
    resumesAtStart = false;
  }

  synchronized HartState.Life save() {
    return new HartState.Life(status, startAddress, startArgument, resumesAtStart);
  }

  synchronized void restore(HartState.Life state) {
    status = state.status();
    startAddress = state.startAddress();
    startArgument = state.startArgument();
    resumesAtStart = state.resumesAtStart();
  }
}
