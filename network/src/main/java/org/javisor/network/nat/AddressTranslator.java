package org.javisor.network.nat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.IcmpMessage;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.InternetChecksum;
import org.jspecify.annotations.Nullable;

/**
 * Puts all machines of a network behind one address: TCP, UDP and ICMP echoes. Who is outside
 * reaches a machine only within a conversation that the machine began, or that was announced.
 * Checksums change by what the addresses change by (RFC 1624). Safe from any thread.
 *
 * <p>Each machine has a bounded number of conversations; the one that was silent for longest makes
 * room for another. So none can use up the ports of the others.
 */
public final class AddressTranslator {
  /** Conversations of one machine. */
  static final int FLOWS_OF_ONE = 4096;

  /** Conversations of all. */
  static final int FLOWS = 32_768;

  /** The outside uses the same port of the host for UDP, so these avoid its ephemeral ones. */
  private static final int FIRST_PORT = 10_240;

  private static final int LAST_PORT = 32_767;

  private static final long SWEEP = TimeUnit.SECONDS.toNanos(10);

  /** How long an announced connection is waited for. */
  private static final long ANNOUNCED = TimeUnit.SECONDS.toNanos(30);

  private static final int TCP_FLAGS = 13;
  private static final int SYN_ONLY = 0x02;
  private static final int SYN_AND_ACK = 0x12;

  private record Announcement(Station station, int port, long since) {}

  private final int outside;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Map<Flow.Outer, Flow> byOuter = new HashMap<>();
  private final Map<Integer, Map<Flow.Inner, Flow>> byMachine = new HashMap<>();
  private final Map<Integer, BitSet> usedPorts = new HashMap<>();
  private final Map<Flow.Outer, Announcement> announced = new HashMap<>();
  private long lastSweep;
  private int flows;

  /**
   * A translator without conversations.
   *
   * @param outside the address that all machines share
   * @param nanoTime a monotonic clock
   */
  public AddressTranslator(int outside, LongSupplier nanoTime, RandomGenerator random) {
    this.outside = outside;
    this.nanoTime = nanoTime;
    this.random = random;
    this.lastSweep = nanoTime.getAsLong();
  }

  /** Where the ports of a packet are, as far as conversations have them. */
  private record Ports(int source, int destination, int tcpFlags) {}

  /**
   * A machine's packet as it goes outside.
   *
   * @param frame whole or several segments in one; not changed
   * @param mayBegin whether it may be the first of a conversation
   * @return a frame of its own, its Ethernet addresses still those of the machine's, or null if it
   *     is of no protocol that can be translated, or may not begin a conversation
   */
  public byte @Nullable [] outgoing(Frame frame, Ipv4Packet packet, boolean mayBegin) {
    byte[] original = frame.bytes();
    Ports ports = ports(original, packet, IcmpMessage.ECHO_REQUEST);
    if (ports == null) {
      return null;
    }
    int outerPort;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      Flow.Inner inner =
          new Flow.Inner(
              packet.protocol(),
              packet.source(),
              ports.source(),
              packet.destination(),
              ports.destination());
      Station station = new Station(BigEndian.macAt(original, Ethernet.SOURCE), packet.source());
      Flow flow = flow(inner, station, mayBegin, now);
      if (flow == null) {
        return null;
      }
      flow.seen(false, ports.tcpFlags(), now);
      outerPort = flow.outer.port();
    }
    byte[] translated = frame.checksummed();
    rewrite(translated, packet, Ipv4Packet.SOURCE, outside, 0, outerPort);
    return translated;
  }

  /**
   * A packet from outside as it goes to the machine that it is for.
   *
   * @param frame rewritten in place, but for its Ethernet addresses
   * @return the machine, or null if it is for none
   */
  public @Nullable Station incoming(byte[] frame, Ipv4Packet packet) {
    if (packet.destination() != outside) {
      return null;
    }
    Ports ports = ports(frame, packet, IcmpMessage.ECHO_REPLY);
    if (ports == null) {
      return null;
    }
    // The reply to an echo has its identifier where requests have theirs.
    boolean echo = packet.protocol() == Ipv4Packet.ICMP;
    int outerPort = echo ? ports.source() : ports.destination();
    int remotePort = echo ? 0 : ports.source();
    Flow flow;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      Flow.Outer outer = new Flow.Outer(packet.protocol(), outerPort, packet.source(), remotePort);
      flow = byOuter.get(outer);
      if ((ports.tcpFlags() & SYN_AND_ACK) == SYN_ONLY) {
        Announcement announcement = announced.remove(outer);
        if (announcement != null) {
          flow = enter(announcement, outer, now);
        }
      }
      if (flow == null) {
        return null;
      }
      flow.seen(true, ports.tcpFlags(), now);
      // A look makes it the youngest.
      machine(flow.inner.address()).get(flow.inner);
    }
    rewrite(
        frame,
        packet,
        Ipv4Packet.DESTINATION,
        flow.inner.address(),
        echo ? 0 : 2,
        flow.inner.port());
    return flow.station;
  }

  /**
   * Announces a connection of TCP that somebody outside is about to make.
   *
   * @param outerPort the port it will come to
   * @param remote the address it will come from
   * @param remotePort the port it will come from
   * @param station the machine it is for
   * @param port the machine's port
   */
  public synchronized void announce(
      int outerPort, int remote, int remotePort, Station station, int port) {
    long now = nanoTime.getAsLong();
    announced.values().removeIf(old -> now - old.since() > ANNOUNCED);
    announced.put(
        new Flow.Outer(Ipv4Packet.TCP, outerPort, remote, remotePort),
        new Announcement(station, port, now));
  }

  private @Nullable Flow enter(Announcement announcement, Flow.Outer outer, long now) {
    Flow.Inner inner =
        new Flow.Inner(
            outer.protocol(),
            announcement.station().address(),
            announcement.port(),
            outer.remote(),
            outer.remotePort());
    Flow old = machine(inner.address()).get(inner);
    if (old != null) {
      remove(old);
    }
    Flow before = byOuter.get(outer);
    if (before != null) {
      remove(before);
    }
    return makeRoom(inner.address(), now)
        ? enter(new Flow(announcement.station(), inner, outer, now))
        : null;
  }

  private Flow enter(Flow flow) {
    machine(flow.inner.address()).put(flow.inner, flow);
    byOuter.put(flow.outer, flow);
    ports(flow.inner.protocol()).set(flow.outer.port());
    flows++;
    return flow;
  }

  /** Those of a machine, the one longest silent first. */
  private Map<Flow.Inner, Flow> machine(int address) {
    return byMachine.computeIfAbsent(address, key -> new LinkedHashMap<>(16, 0.75f, true));
  }

  private BitSet ports(int protocol) {
    return usedPorts.computeIfAbsent(protocol, key -> new BitSet());
  }

  private @Nullable Flow flow(Flow.Inner inner, Station station, boolean mayBegin, long now) {
    Flow flow = machine(inner.address()).get(inner);
    if (flow != null && flow.station.equals(station)) {
      return flow;
    }
    if (flow != null) {
      remove(flow);
    }
    if (!mayBegin || !makeRoom(inner.address(), now)) {
      return null;
    }
    int port = freePort(inner.protocol());
    return port < 0
        ? null
        : enter(
            new Flow(
                station,
                inner,
                new Flow.Outer(inner.protocol(), port, inner.remote(), inner.remotePort()),
                now));
  }

  private int freePort(int protocol) {
    BitSet used = ports(protocol);
    int port = used.nextClearBit(random.nextInt(FIRST_PORT, LAST_PORT + 1));
    if (port > LAST_PORT) {
      port = used.nextClearBit(FIRST_PORT);
    }
    return port > LAST_PORT ? -1 : port;
  }

  private boolean makeRoom(int address, long now) {
    if (now - lastSweep > SWEEP) {
      lastSweep = now;
      byOuter.values().stream().filter(flow -> flow.over(now)).toList().forEach(this::remove);
      byMachine.values().removeIf(Map::isEmpty);
    }
    Map<Flow.Inner, Flow> own = machine(address);
    if (own.size() >= FLOWS_OF_ONE || flows >= FLOWS) {
      Iterator<Flow> eldest = own.values().iterator();
      if (!eldest.hasNext()) {
        return false;
      }
      remove(eldest.next());
    }
    return true;
  }

  private void remove(Flow flow) {
    Map<Flow.Inner, Flow> own = byMachine.get(flow.inner.address());
    if (own != null) {
      own.remove(flow.inner);
    }
    byOuter.remove(flow.outer);
    // An announced connection shares its port with others.
    if (flow.outer.port() >= FIRST_PORT && flow.outer.port() <= LAST_PORT) {
      ports(flow.inner.protocol()).clear(flow.outer.port());
    }
    flows--;
  }

  /** Ends all conversations: the outside has forgotten them. */
  public synchronized void clear() {
    byOuter.clear();
    byMachine.clear();
    usedPorts.clear();
    announced.clear();
    flows = 0;
  }

  /** Conversations now. */
  public synchronized int flows() {
    return flows;
  }

  /** The ports, or null if there are none: fragments have none but the first. */
  private static @Nullable Ports ports(byte[] frame, Ipv4Packet packet, int echo) {
    int start = packet.payload();
    int length = packet.end() - start;
    if (packet.fragment()) {
      return null;
    }
    return switch (packet.protocol()) {
      case Ipv4Packet.TCP ->
          length < TcpSegment.HEADER
              ? null
              : new Ports(
                  BigEndian.shortAt(frame, start),
                  BigEndian.shortAt(frame, start + 2),
                  frame[start + TCP_FLAGS]);
      case Ipv4Packet.UDP ->
          length < UdpDatagram.HEADER
              ? null
              : new Ports(BigEndian.shortAt(frame, start), BigEndian.shortAt(frame, start + 2), 0);
      case Ipv4Packet.ICMP ->
          length < IcmpMessage.HEADER || frame[start] != echo || frame[start + 1] != 0
              ? null
              : new Ports(BigEndian.shortAt(frame, start + 4), 0, 0);
      default -> null;
    };
  }

  /**
   * Changes one address and its port, and the checksums by that.
   *
   * @param portOffset of the port in the header of TCP or UDP
   */
  private static void rewrite(
      byte[] frame, Ipv4Packet packet, int where, int address, int portOffset, int port) {
    int before = BigEndian.intAt(frame, where);
    BigEndian.putInt(frame, where, address);
    BigEndian.putShort(
        frame,
        Ipv4Packet.CHECKSUM,
        InternetChecksum.updateInt(BigEndian.shortAt(frame, Ipv4Packet.CHECKSUM), before, address));
    int start = packet.payload();
    boolean icmp = packet.protocol() == Ipv4Packet.ICMP;
    int portAt = start + (icmp ? 4 : portOffset);
    int checksumAt =
        start
            + switch (packet.protocol()) {
              case Ipv4Packet.TCP -> 16;
              case Ipv4Packet.UDP -> 6;
              default -> 2;
            };
    int checksum = BigEndian.shortAt(frame, checksumAt);
    int portBefore = BigEndian.shortAt(frame, portAt);
    BigEndian.putShort(frame, portAt, port);
    if (packet.protocol() == Ipv4Packet.UDP && checksum == 0) {
      return; // It has none.
    }
    checksum = InternetChecksum.update(checksum, portBefore, port);
    if (!icmp) {
      checksum = InternetChecksum.updateInt(checksum, before, address);
    }
    if (packet.protocol() == Ipv4Packet.UDP && checksum == 0) {
      checksum = 0xffff;
    }
    BigEndian.putShort(frame, checksumAt, checksum);
  }
}
