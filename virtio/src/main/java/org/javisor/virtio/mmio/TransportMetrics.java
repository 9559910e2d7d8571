package org.javisor.virtio.mmio;

import java.util.concurrent.atomic.LongAdder;

/** What has passed through a transport since it was created. */
public final class TransportMetrics {
  final LongAdder notifications = new LongAdder();
  final LongAdder interrupts = new LongAdder();
  final LongAdder resets = new LongAdder();
  final LongAdder needsReset = new LongAdder();
  final LongAdder faults = new LongAdder();

  TransportMetrics() {}

  /** Queue notifications by the driver. */
  public long notifications() {
    return notifications.sum();
  }

  /** Interrupts that were raised. */
  public long interrupts() {
    return interrupts.sum();
  }

  /** Resets of the device, by the driver or the machine. */
  public long resets() {
    return resets.sum();
  }

  /** How often the device has asked for a reset, because the guest broke the rules. */
  public long needsReset() {
    return needsReset.sum();
  }

  /**
   * Faults of the device itself that were contained; more than none is an error in this program.
   */
  public long faults() {
    return faults.sum();
  }
}
