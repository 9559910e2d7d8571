package org.javisor.virtio.mmio;

import org.javisor.machine.InterruptLine;

/** The interrupt status register and the line that is high while any bit is set. */
final class InterruptStatus {
  /** A used buffer. */
  static final int USED_BUFFER = 1;

  /** A configuration change, or DEVICE_NEEDS_RESET. */
  static final int CONFIGURATION_CHANGE = 2;

  private final InterruptLine line;
  private final TransportMetrics metrics;
  private int bits;

  InterruptStatus(InterruptLine line, TransportMetrics metrics) {
    this.line = line;
    this.metrics = metrics;
  }

  synchronized int bits() {
    return bits;
  }

  synchronized void raise(int bit) {
    if ((bits & bit) == 0) {
      metrics.interrupts.increment();
      set(bits | bit);
    }
  }

  synchronized void acknowledge(int mask) {
    set(bits & ~mask);
  }

  synchronized void set(int value) {
    bits = value & (USED_BUFFER | CONFIGURATION_CHANGE);
    line.set(bits != 0);
  }
}
