package org.javisor.virtio.net;

import java.util.concurrent.atomic.LongAdder;

/** What a network device has done since it was created. */
public final class NetMetrics {
  final LongAdder framesSent = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder framesReceived = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder sendsDropped = new LongAdder();
  final LongAdder receivesDropped = new LongAdder();
  final LongAdder receivesFiltered = new LongAdder();

  NetMetrics() {}

  /** Frames the guest has sent. */
  public long framesSent() {
    return framesSent.sum();
  }

  /** Bytes in them. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /** Frames given to the guest. */
  public long framesReceived() {
    return framesReceived.sum();
  }

  /** Bytes in them. */
  public long bytesReceived() {
    return bytesReceived.sum();
  }

  /** What the guest sent and is no frame. */
  public long sendsDropped() {
    return sendsDropped.sum();
  }

  /** Frames for the guest that it had no room for. */
  public long receivesDropped() {
    return receivesDropped.sum();
  }

  /** Frames for the guest that it did not want. */
  public long receivesFiltered() {
    return receivesFiltered.sum();
  }
}
