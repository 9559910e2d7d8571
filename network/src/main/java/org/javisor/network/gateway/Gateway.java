package org.javisor.network.gateway;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.javisor.network.dhcp.DhcpServer;
import org.javisor.network.dns.DnsServer;
import org.javisor.network.dns.DnsTransport;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.ethernet.TokenBucket;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.IcmpMessage;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.network.tcp.TcpServer;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.OffloadSupport;
import org.jspecify.annotations.Nullable;

/**
 * The host as a neighbour of the machines, at one port of their switch: answers ARP and echo
 * requests, serves addresses and names, and passes on what is for somewhere else. What comes in is
 * handled in its sender's thread, and nothing here waits.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Gateway.class.getName());
  private static final int ERRORS_PER_SECOND = 100;
  private static final int WAITING_WRITES = 64;
  private static final int FIRST_LISTENER = 49_152;
  private static final int LISTENERS = 16_384;

  /**
   * Where it is.
   *
   * @param address its own
   * @param mtu largest payload of a frame in bytes
   * @param host the address that stands for the host's own servers, if machines may reach them
   */
  public record Place(
      Ipv4Subnet subnet,
      Ipv4Address address,
      MacAddress mac,
      int mtu,
      Optional<Ipv4Address> host) {}

  private final Place place;
  private final int own;
  private final long mac;
  private final SwitchPort port;
  private final DhcpServer addresses;
  private final DnsServer names;
  private final TcpServer streams;
  private final TokenBucket errors;
  private final ConcurrentHashMap<Integer, DatagramListener> listeners = new ConcurrentHashMap<>();

  /** Writes leases to the disk, for which no sender's thread may wait. */
  private final ExecutorService writer =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING_WRITES),
          Thread.ofVirtual().name("leases").factory());

  private volatile @Nullable Uplink uplink;

  /** A gateway at a port of a switch. */
  public Gateway(Place place, SwitchPort port, DhcpServer addresses, DnsServer names) {
    this.place = place;
    this.own = place.address().bits();
    this.mac = place.mac().bits();
    this.port = port;
    this.addresses = addresses;
    this.names = names;
    TcpServer.Place service =
        new TcpServer.Place(place.address(), place.mac(), DnsServer.PORT, place.mtu());
    streams =
        new TcpServer(service, names::connected, port::send, System::nanoTime, new SecureRandom());
    this.errors = new TokenBucket(ERRORS_PER_SECOND, ERRORS_PER_SECOND, System::nanoTime);
    port.connect((frame, sender) -> receive(frame));
  }

  /** From now on what is for somewhere else goes this way. */
  public void routeTo(Uplink way) {
    uplink = way;
  }

  /** Sends a frame to the network as the gateway. */
  public void send(Frame frame) {
    port.send(frame);
  }

  /** Sends a datagram to a machine from a port of the gateway. */
  public void send(long toMac, int destination, UdpDatagram datagram) {
    port.send(Frame.of(datagram.frame(toMac, mac, destination, own)));
  }

  /**
   * Gives a listener a free port of the gateway; none if there is none.
   *
   * @param random where to begin to look
   */
  public OptionalInt listen(DatagramListener listener, RandomGenerator random) {
    int first = random.nextInt(LISTENERS);
    for (int i = 0; i < LISTENERS; i++) {
      int free = FIRST_LISTENER + (first + i) % LISTENERS;
      if (listeners.putIfAbsent(free, listener) == null) {
        return OptionalInt.of(free);
      }
    }
    return OptionalInt.empty();
  }

  /** Frees a port. */
  public void unlisten(int listenerPort) {
    listeners.remove(listenerPort);
  }

  private boolean receive(Frame frame) {
    byte[] bytes = frame.bytes();
    long destination = BigEndian.macAt(bytes, Ethernet.DESTINATION);
    if (destination != mac && !Ethernet.group(destination)) {
      return false;
    }
    switch (BigEndian.shortAt(bytes, Ethernet.TYPE)) {
      case Ethernet.ARP -> answerArp(bytes);
      case Ethernet.IPV4 -> receiveIpv4(frame);
      default -> {
        // The gateway speaks IPv4 only.
      }
    }
    return true;
  }

  private void answerArp(byte[] frame) {
    ArpPacket request = ArpPacket.parse(frame);
    if (request != null
        && request.operation() == ArpPacket.REQUEST
        && isOurs(request.targetAddress())) {
      long sender = request.senderMac();
      port.send(
          Frame.of(
              new ArpPacket(
                      ArpPacket.REPLY,
                      mac,
                      request.targetAddress(),
                      sender,
                      request.senderAddress())
                  .frame(BigEndian.macAt(frame, Ethernet.SOURCE))));
    }
  }

  private boolean isOurs(int address) {
    return address == own || (place.host().isPresent() && place.host().get().bits() == address);
  }

  private void receiveIpv4(Frame frame) {
    Ipv4Packet packet = Ipv4Packet.parse(frame.bytes());
    if (packet == null) {
      return;
    }
    int destination = packet.destination();
    boolean echo = packet.protocol() == Ipv4Packet.ICMP && isOurs(destination);
    if (destination == own
        || echo
        || destination == -1
        || destination == place.subnet().broadcast().bits()) {
      List<Frame> whole = OffloadSupport.NONE.adapt(frame);
      for (Frame each : whole) {
        receiveOwn(each.bytes(), packet);
      }
    } else if (BigEndian.macAt(frame.bytes(), Ethernet.DESTINATION) == mac) {
      route(frame, packet);
    }
  }

  private void receiveOwn(byte[] frame, Ipv4Packet whole) {
    // Cut into segments, each has an end of its own.
    Ipv4Packet packet = Ipv4Packet.parse(frame);
    if (packet == null || whole.source() == own) {
      return;
    }
    switch (packet.protocol()) {
      case Ipv4Packet.ICMP -> {
        // The host's other address stands for it here, too.
        if (isOurs(packet.destination())) {
          answer(IcmpMessage.echoReply(frame, packet));
        }
      }
      case Ipv4Packet.UDP -> receiveDatagram(frame, packet);
      case Ipv4Packet.TCP -> {
        if (packet.destination() == own) {
          receiveSegment(frame, packet);
        }
      }
      default -> {
        // Nobody is here for it.
      }
    }
  }

  private void answer(byte @Nullable [] frame) {
    if (frame != null) {
      port.send(Frame.of(frame));
    }
  }

  private void receiveDatagram(byte[] frame, Ipv4Packet packet) {
    UdpDatagram datagram = UdpDatagram.parse(frame, packet);
    if (datagram == null) {
      return;
    }
    long sender = BigEndian.macAt(frame, Ethernet.SOURCE);
    if (datagram.destinationPort() == DhcpServer.PORT) {
      receiveDhcp(new MacAddress(sender), datagram.payload());
    } else if (packet.destination() != own || !place.subnet().contains(address(packet))) {
      return;
    } else if (datagram.destinationPort() == DnsServer.PORT) {
      receiveQuery(sender, packet.source(), datagram);
    } else {
      DatagramListener listener = listeners.get(datagram.destinationPort());
      if (listener != null) {
        listener.datagram(packet.source(), datagram);
      } else if (errors.take(1)) {
        answer(IcmpMessage.error(frame, packet, IcmpMessage.UNREACHABLE, IcmpMessage.PORT, own));
      }
    }
  }

  private static Ipv4Address address(Ipv4Packet packet) {
    return new Ipv4Address(packet.source());
  }

  private void receiveDhcp(MacAddress sender, byte[] payload) {
    if (!addresses.mayWrite(sender)) {
      answerDhcp(sender, payload);
      return;
    }
    try {
      writer.execute(() -> answerDhcp(sender, payload));
    } catch (RejectedExecutionException e) {
      // Too many wait already; the client asks again.
    }
  }

  private void answerDhcp(MacAddress sender, byte[] payload) {
    try {
      Optional<DhcpServer.Answer> answer = addresses.handle(sender, payload);
      if (answer.isPresent()) {
        Ipv4Address destination = answer.get().destination();
        boolean all = destination.equals(Ipv4Address.BROADCAST);
        UdpDatagram datagram =
            new UdpDatagram(DhcpServer.PORT, DhcpServer.CLIENT_PORT, answer.get().payload());
        send(all ? Ethernet.BROADCAST : sender.bits(), destination.bits(), datagram);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no address for " + sender + ": " + e.getMessage());
    }
  }

  private void receiveQuery(long sender, int source, UdpDatagram query) {
    names.serve(
        source,
        query.payload(),
        DnsTransport.DATAGRAM,
        answer -> send(sender, source, query.reply(answer)));
  }

  private void receiveSegment(byte[] frame, Ipv4Packet packet) {
    boolean taken =
        BigEndian.macAt(frame, Ethernet.DESTINATION) == mac
            && place.subnet().contains(address(packet))
            && BigEndian.shortAt(frame, packet.payload() + 2) == DnsServer.PORT
            && streams.receive(frame, packet);
    if (!taken && errors.take(1)) {
      answer(TcpSegment.refusal(frame, packet));
    }
  }

  private void route(Frame frame, Ipv4Packet packet) {
    boolean local =
        place.subnet().contains(new Ipv4Address(packet.destination()))
            && !isOurs(packet.destination());
    if (local || !place.subnet().contains(address(packet)) || packet.destination() >>> 28 >= 0xe) {
      return;
    }
    byte[] bytes = frame.bytes();
    if (BigEndian.byteAt(bytes, Ipv4Packet.TIME_TO_LIVE) <= 1) {
      if (errors.take(1)) {
        answer(IcmpMessage.error(bytes, packet, IcmpMessage.TIME_EXCEEDED, 0, own));
      }
      return;
    }
    Uplink way = uplink;
    if ((way == null || !way.send(frame, packet)) && errors.take(1)) {
      answer(IcmpMessage.error(bytes, packet, IcmpMessage.UNREACHABLE, IcmpMessage.NETWORK, own));
    }
  }

  /** Serves no more. */
  @Override
  public void close() {
    port.close();
    writer.shutdownNow();
    streams.close();
    names.close();
  }
}
