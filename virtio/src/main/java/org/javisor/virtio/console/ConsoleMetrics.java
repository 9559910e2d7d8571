package org.javisor.virtio.console;

import java.util.concurrent.atomic.LongAdder;

/** What a console device has done since it was created. */
public final class ConsoleMetrics {
  final LongAdder bytesFromGuest = new LongAdder();
  final LongAdder bytesToGuest = new LongAdder();
  final LongAdder outputBlocked = new LongAdder();

  ConsoleMetrics() {}

  /** Bytes of output that hosts' ends have taken, over all ports. */
  public long bytesFromGuest() {
    return bytesFromGuest.sum();
  }

  /** Bytes of input given to the guest, over all ports. */
  public long bytesToGuest() {
    return bytesToGuest.sum();
  }

  /** How often the guest's output had to wait because a host's end was full. */
  public long outputBlocked() {
    return outputBlocked.sum();
  }
}
