package org.javisor.virtio.entropy;

import java.util.concurrent.atomic.LongAdder;

/** What an entropy device has done since it was created. */
public final class EntropyMetrics {
  final LongAdder bytes = new LongAdder();

  EntropyMetrics() {}

  /** Random bytes given to the guest. */
  public long bytes() {
    return bytes.sum();
  }
}
