package org.javisor.network.ethernet;

import java.util.concurrent.atomic.LongAdder;

/** What has happened at a port since it was made. "Sent" is what came from its machine. */
public final class PortMetrics {
  final LongAdder framesSent = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder framesReceived = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder spoofed = new LongAdder();
  final LongAdder overRate = new LongAdder();
  final LongAdder overFlood = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder isolated = new LongAdder();
  final LongAdder receivesRefused = new LongAdder();

  PortMetrics() {}

  /**
   * The counters at one moment.
   *
   * @param spoofed dropped: not from the port's own address
   * @param overRate dropped: more than the limit of the port's rate
   * @param overFlood dropped: more than the limit of frames to many
   * @param malformed dropped: no frame that a switch forwards, such as one longer than the MTU
   * @param isolated not delivered to isolated ports
   * @param receivesRefused for this port, dropped: its machine did not take them, or its rate was
   *     too low for it to
   */
  public record Snapshot(
      long framesSent,
      long bytesSent,
      long framesReceived,
      long bytesReceived,
      long spoofed,
      long overRate,
      long overFlood,
      long malformed,
      long isolated,
      long receivesRefused) {}

  /** The counters now. */
  public Snapshot snapshot() {
    return new Snapshot(
        framesSent.sum(),
        bytesSent.sum(),
        framesReceived.sum(),
        bytesReceived.sum(),
        spoofed.sum(),
        overRate.sum(),
        overFlood.sum(),
        malformed.sum(),
        isolated.sum(),
        receivesRefused.sum());
  }
}
