package org.javisor.network.vxlan;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.javisor.network.ethernet.AnycastGateway;
import org.javisor.network.ethernet.PortPolicy;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.OffloadSupport;
import org.jspecify.annotations.Nullable;

/**
 * The end of a network's tunnel on this host (a VTEP, RFC 7348, section 4), at a port of its
 * switch. A frame for a station behind a known peer goes there, one for many or for a station not
 * known to all of them (head-end replication, in place of section 4.2's multicast). What comes out
 * of the tunnel goes to the switch, and never back into the tunnel. Safe from any thread; nothing
 * waits.
 *
 * <p>Frames are never cut to pieces: what a sender has left undone is done before, and the MTU of
 * the network has to leave {@link #overhead} bytes of that between the hosts.
 */
public final class TunnelEndpoint implements AutoCloseable {
  /** Ethernet addresses learned at most behind each peer. */
  static final int STATIONS_PER_PEER = 4096;

  private static final int STATIONS = 16_384;
  private static final int FLOODS_PER_SECOND = 5000;

  /** As switches are usually set up: five minutes (IEEE 802.1Q, table 8-6). */
  private static final Duration AGEING = Duration.ofMinutes(5);

  private static final int VLAN = 0x8100;
  private static final int SERVICE_VLAN = 0x88a8;

  private volatile TunnelConfiguration configuration;
  private final AnycastGateway gateway;
  private final SwitchPort port;
  private final VxlanSockets sockets;
  private final VxlanSocket socket;
  private final VxlanSocket.Receiver receiver = this::decapsulate;
  private final RemoteStations stations;
  private final TunnelMetrics metrics = new TunnelMetrics();
  private volatile Peers peers;

  /**
   * The end of a tunnel.
   *
   * @param gateway what stays on this host
   * @param port of the network's switch, made with {@link #policy()}; closed with this
   * @param nanoTime a monotonic clock
   * @throws IOException if the host cannot listen there, or another network has the identifier
   */
  public TunnelEndpoint(
      TunnelConfiguration configuration,
      AnycastGateway gateway,
      SwitchPort port,
      VxlanSockets sockets,
      LongSupplier nanoTime)
      throws IOException {
    this.gateway = gateway;
    this.port = port;
    this.sockets = sockets;
    this.peers = new Peers(configuration.peers());
    this.stations = new RemoteStations(STATIONS_PER_PEER, AGEING.toNanos(), nanoTime);
    socket = sockets.join(configuration, receiver);
    // Port 0 is any: from now on it is this one.
    this.configuration =
        new TunnelConfiguration(configuration.vni(), socket.local(), configuration.peers());
    port.connect((frame, sender) -> encapsulate(frame));
  }

  /**
   * What the port of a tunnel may do. Machines that are to reach the gateway alone reach nobody
   * through it, because it cannot be known who is at the other end.
   */
  public static PortPolicy policy() {
    return new PortPolicy(
        Optional.empty(),
        Optional.empty(),
        SpoofProtection.NONE,
        true,
        STATIONS,
        Optional.empty(),
        Optional.empty(),
        FLOODS_PER_SECOND);
  }

  /**
   * Bytes that a tunnel adds to what is in a frame: 50 over IPv4, 70 over IPv6 (RFC 7348, section
   * 4.3): of IP, UDP, VXLAN and the inner Ethernet header.
   */
  public static int overhead(InetSocketAddress local) {
    int ip = local.getAddress() instanceof Inet4Address ? 20 : 40;
    return ip + 8 + VxlanHeader.BYTES + Ethernet.HEADER;
  }

  /** Where it leads now. */
  public TunnelConfiguration configuration() {
    return configuration;
  }

  /** Where it listens. */
  public InetSocketAddress local() {
    return socket.local();
  }

  /** What has happened here. */
  public TunnelMetrics.Snapshot metrics() {
    return metrics.snapshot();
  }

  /** Datagrams dropped at its socket since it was made: of no network that is here. */
  public long unknownDatagrams() {
    return socket.unknown();
  }

  /**
   * From now on these are the other hosts.
   *
   * @throws IllegalArgumentException if one cannot be
   */
  public synchronized void setPeers(List<InetSocketAddress> others) {
    configuration = configuration.withPeers(others);
    peers = new Peers(others);
    stations.keep(others);
  }

  /** Behind which host a station is, as far as is known. */
  public Optional<InetSocketAddress> peerOf(long mac) {
    return Optional.ofNullable(stations.find(mac));
  }

  /** Ethernet addresses known behind all peers now. */
  public int stations() {
    return stations.size();
  }

  private boolean encapsulate(Frame frame) {
    byte[] bytes = frame.bytes();
    // Who sends from here is not elsewhere any more.
    stations.forget(BigEndian.macAt(bytes, Ethernet.SOURCE));
    if (!mayPass(bytes)) {
      return false;
    }
    long destination = BigEndian.macAt(bytes, Ethernet.DESTINATION);
    @Nullable InetSocketAddress one =
        Ethernet.group(destination) ? null : stations.find(destination);
    List<InetSocketAddress> targets = one != null ? List.of(one) : peers.all();
    if (targets.isEmpty()) {
      return false;
    }
    for (Frame whole : OffloadSupport.NONE.adapt(frame)) {
      ByteBuffer datagram = VxlanHeader.datagram(configuration.vni(), whole.bytes());
      for (InetSocketAddress target : targets) {
        count(socket.send(datagram.duplicate(), target));
      }
    }
    return true;
  }

  private void count(VxlanSocket.Outcome outcome) {
    switch (outcome) {
      case SENT -> metrics.datagramsSent.increment();
      case TOO_LONG -> metrics.tooLong.increment();
      case NOT_SENT -> metrics.notSent.increment();
    }
  }

  private boolean mayPass(byte[] frame) {
    int type = BigEndian.shortAt(frame, Ethernet.TYPE);
    if (type == VLAN || type == SERVICE_VLAN) {
      metrics.tagged.increment();
      return false;
    }
    if (gateway.keeps(frame)) {
      metrics.keptHere.increment();
      return false;
    }
    return true;
  }

  private void decapsulate(InetSocketAddress source, ByteBuffer inside) {
    Peers known = peers;
    Peers.Sender sender = known.of(source);
    if (sender instanceof Peers.Sender.Stranger) {
      metrics.strangers.increment();
      return;
    }
    if (inside.remaining() < Frame.MINIMUM_BYTES) {
      metrics.malformed.increment();
      return;
    }
    byte[] frame = new byte[inside.remaining()];
    inside.get(frame);
    long station = BigEndian.macAt(frame, Ethernet.SOURCE);
    if (Ethernet.group(station)) {
      metrics.malformed.increment();
      return;
    }
    if (!mayPass(frame)) {
      return;
    }
    metrics.datagramsReceived.increment();
    if (sender instanceof Peers.Sender.Known(InetSocketAddress peer)) {
      stations.learn(station, peer);
      if (peers != known) {
        // Others have been set meanwhile, and this one may not be among them.
        stations.keep(peers.all());
      }
    } else {
      stations.forget(station);
    }
    port.send(Frame.of(frame));
  }

  /** Takes nothing more, neither from the switch nor from the peers. */
  @Override
  public void close() {
    port.close();
    sockets.leave(socket, configuration.vni(), receiver);
  }
}
