package org.javisor.virtio.balloon;

import java.util.concurrent.atomic.LongAdder;

/** What a balloon has done since it was created. */
public final class BalloonMetrics {
  final LongAdder inflated = new LongAdder();
  final LongAdder deflated = new LongAdder();
  final LongAdder reported = new LongAdder();
  final LongAdder released = new LongAdder();

  BalloonMetrics() {}

  /** Bytes that the guest has put into the balloon. */
  public long inflated() {
    return inflated.sum();
  }

  /** Bytes that the guest has taken out of the balloon. */
  public long deflated() {
    return deflated.sum();
  }

  /** Bytes that the guest has reported as free. */
  public long reported() {
    return reported.sum();
  }

  /** Bytes that the operating system has taken back. */
  public long released() {
    return released.sum();
  }
}
