package org.javisor.network.nat;

import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.Ipv4Packet;

/**
 * A conversation of a machine with somebody outside. Ports are identifiers where the protocol is
 * ICMP. Guarded by the translator's lock.
 */
final class Flow {
  private static final int FIN = 0x01;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;

  /** After these times without a packet a flow is over: RFC 5382, 4787 and 5508. */
  private static final long ESTABLISHED = TimeUnit.MINUTES.toNanos(124);

  private static final long TRANSITORY = TimeUnit.MINUTES.toNanos(4);
  private static final long RESET = TimeUnit.SECONDS.toNanos(10);
  private static final long UDP = TimeUnit.MINUTES.toNanos(5);
  private static final long ICMP = TimeUnit.MINUTES.toNanos(1);

  /**
   * As the machine sees it.
   *
   * @param address the machine's
   */
  record Inner(int protocol, int address, int port, int remote, int remotePort) {}

  /**
   * As the outside sees it.
   *
   * @param port of the one address that all machines share
   */
  record Outer(int protocol, int port, int remote, int remotePort) {}

  final Station station;
  final Inner inner;
  final Outer outer;
  long lastSeen;
  private boolean answered;
  private boolean finishedInside;
  private boolean finishedOutside;
  private boolean reset;

  Flow(Station station, Inner inner, Outer outer, long now) {
    this.station = station;
    this.inner = inner;
    this.outer = outer;
    this.lastSeen = now;
  }

  /** Notes a packet. */
  void seen(boolean fromOutside, int tcpFlags, long now) {
    lastSeen = now;
    answered |= fromOutside;
    if ((tcpFlags & FIN) != 0) {
      finishedOutside |= fromOutside;
      finishedInside |= !fromOutside;
    }
    if ((tcpFlags & SYN) != 0 && !fromOutside) {
      // The same ports again, for a new connection.
      finishedInside = false;
      finishedOutside = false;
      reset = false;
    }
    reset |= (tcpFlags & RST) != 0;
  }

  boolean over(long now) {
    long patience =
        switch (inner.protocol()) {
          case Ipv4Packet.TCP ->
              reset
                  ? RESET
                  : !answered || (finishedInside && finishedOutside) ? TRANSITORY : ESTABLISHED;
          case Ipv4Packet.UDP -> UDP;
          default -> ICMP;
        };
    return now - lastSeen > patience;
  }
}
