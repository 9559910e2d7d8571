package org.javisor.network.vxlan;

import java.util.concurrent.atomic.LongAdder;

/** What has happened at the end of a tunnel since it was made. */
public final class TunnelMetrics {
  final LongAdder datagramsSent = new LongAdder();
  final LongAdder datagramsReceived = new LongAdder();
  final LongAdder strangers = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder keptHere = new LongAdder();
  final LongAdder tagged = new LongAdder();
  final LongAdder tooLong = new LongAdder();
  final LongAdder notSent = new LongAdder();

  TunnelMetrics() {}

  /**
   * The counters at one moment.
   *
   * @param datagramsSent to peers; what is for all counts for each
   * @param datagramsReceived from peers, taken into the switch
   * @param strangers dropped: not from a peer
   * @param malformed dropped: no frame behind the header
   * @param keptHere dropped, in or out: of the gateway, which each host has for itself
   * @param tagged dropped, in or out: of a virtual LAN inside (RFC 7348, section 6.1)
   * @param tooLong not sent: longer than the way to the peer takes without fragments
   * @param notSent not sent: no room in the socket, or no way to the peer
   */
  public record Snapshot(
      long datagramsSent,
      long datagramsReceived,
      long strangers,
      long malformed,
      long keptHere,
      long tagged,
      long tooLong,
      long notSent) {}

  /** The counters now. */
  public Snapshot snapshot() {
    return new Snapshot(
        datagramsSent.sum(),
        datagramsReceived.sum(),
        strangers.sum(),
        malformed.sum(),
        keptHere.sum(),
        tagged.sum(),
        tooLong.sum(),
        notSent.sum());
  }
}
