package org.javisor.network.vxlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.javisor.network.ethernet.AnycastGateway;
import org.javisor.network.ethernet.EthernetSwitch;
import org.javisor.network.ethernet.PortPolicy;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.ethernet.SwitchConfiguration;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.InternetChecksum;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.Offload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a tunnel between a switch and sockets that stand for other hosts. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TunnelEndpointTest {
  private static final int VNI = 0x0a_bcde;
  private static final long HERE = 0x5254_0000_0001L;
  private static final long THERE = 0x5254_0000_0002L;
  private static final AnycastGateway GATEWAY =
      new AnycastGateway(
          new MacAddress(0x024a_0a2a_0001L),
          Ipv4Address.parse("10.42.0.1"),
          Ipv4Address.parse("10.42.0.254"));
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final AtomicLong time = new AtomicLong(12345);
  private final EthernetSwitch lan = new EthernetSwitch(SwitchConfiguration.of(1450), time::get);
  private final VxlanSockets sockets = new VxlanSockets();
  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private DatagramSocket one;
  private DatagramSocket other;
  private SwitchPort machine;
  private TunnelEndpoint tunnel;

  @BeforeEach
  void begin() throws Exception {
    one = socket();
    other = socket();
    machine = lan.connect("machine", policy(false));
    machine.connect((frame, sender) -> received.add(frame.bytes()));
    tunnel = tunnel(lan, VNI, any(), one, other);
  }

  private static InetSocketAddress any() {
    return new InetSocketAddress(LOOPBACK, 0);
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static PortPolicy policy(boolean isolated) {
    return new PortPolicy(
        Optional.empty(),
        Optional.empty(),
        SpoofProtection.NONE,
        isolated,
        8,
        Optional.empty(),
        Optional.empty(),
        100_000);
  }

  private TunnelEndpoint tunnel(
      EthernetSwitch network, int vni, InetSocketAddress local, DatagramSocket... peers)
      throws Exception {
    SwitchPort port = network.connect("tunnel", TunnelEndpoint.policy());
    return new TunnelEndpoint(
        new TunnelConfiguration(vni, local, addresses(peers)), GATEWAY, port, sockets, time::get);
  }

  private static List<InetSocketAddress> addresses(DatagramSocket... sockets) {
    return Arrays.stream(sockets)
        .map(socket -> (InetSocketAddress) socket.getLocalSocketAddress())
        .toList();
  }

  @AfterEach
  void end() {
    tunnel.close();
    one.close();
    other.close();
  }

  private static byte[] frame(long destination, long source) {
    byte[] frame = new byte[60];
    Ethernet.write(frame, destination, source, 0x88b5);
    return frame;
  }

  private static byte[] datagram(String header, byte[] frame) {
    byte[] flags = HexFormat.of().parseHex(header);
    return ByteBuffer.allocate(flags.length + frame.length).put(flags).put(frame).array();
  }

  private void say(DatagramSocket from, byte[] datagram) throws IOException {
    from.send(new DatagramPacket(datagram, datagram.length, tunnel.local()));
  }

  private void sayFrame(DatagramSocket from, byte[] frame) throws IOException {
    say(from, datagram("08000000" + "0abcde00", frame));
  }

  /** The next datagram there, header and all. */
  private static byte[] next(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private byte[] arrived() throws InterruptedException {
    byte[] frame = received.poll(60, TimeUnit.SECONDS);
    assertThat(frame).isNotNull();
    return frame;
  }

  /** That nothing came before this: both ways keep the order. */
  private void assertNothingBut(DatagramSocket from) throws Exception {
    byte[] last = frame(HERE, 0x5254_0000_0099L);
    sayFrame(from, last);
    assertThat(arrived()).isEqualTo(last);
  }

  private void assertNextSent(DatagramSocket socket, byte[] frame) throws IOException {
    assertThat(next(socket)).isEqualTo(datagram("080000000abcde00", frame));
  }

  @Test
  void whatIsForAllGoesToEachAndWhatIsForOneToWhereItIs() throws Exception {
    byte[] broadcast = frame(Ethernet.BROADCAST, HERE);
    machine.send(Frame.of(broadcast));
    assertNextSent(one, broadcast);
    assertNextSent(other, broadcast);
    byte[] unknown = frame(THERE, HERE);
    machine.send(Frame.of(unknown));
    assertNextSent(one, unknown);
    assertNextSent(other, unknown);

    sayFrame(other, frame(HERE, THERE));
    assertThat(arrived()).isEqualTo(frame(HERE, THERE));
    assertThat(tunnel.peerOf(THERE)).contains(addresses(other).getFirst());
    machine.send(Frame.of(unknown));
    assertNextSent(other, unknown);

    // It moves: from the first frame on, what is for it goes after it.
    sayFrame(one, frame(Ethernet.BROADCAST, THERE));
    arrived();
    machine.send(Frame.of(unknown));
    assertNextSent(one, unknown);
    byte[] end = frame(Ethernet.BROADCAST, HERE);
    machine.send(Frame.of(end));
    // Neither has been sent anything else, and nothing came back into the tunnel.
    assertNextSent(one, end);
    assertNextSent(other, end);
  }

  @Test
  void whoHasBeenSilentForLongOrIsHereNowIsLookedForEverywhere() throws Exception {
    sayFrame(one, frame(HERE, THERE));
    arrived();
    time.addAndGet(TimeUnit.MINUTES.toNanos(6));
    byte[] unknown = frame(THERE, HERE);
    machine.send(Frame.of(unknown));
    assertNextSent(one, unknown);
    assertNextSent(other, unknown);

    sayFrame(one, frame(HERE, THERE));
    arrived();
    SwitchPort moved =
        lan.connect(
            "moved",
            new PortPolicy(
                Optional.of(new MacAddress(THERE)),
                Optional.empty(),
                SpoofProtection.MAC,
                false,
                8,
                Optional.empty(),
                Optional.empty(),
                100));
    moved.announce(Frame.of(frame(Ethernet.BROADCAST, THERE)));
    assertNextSent(one, frame(Ethernet.BROADCAST, THERE));
    assertNextSent(other, frame(Ethernet.BROADCAST, THERE));
    moved.close();
    machine.send(Frame.of(unknown));
    assertNextSent(one, unknown);
    assertNextSent(other, unknown);
  }

  @Test
  void peersChangeWhileItRuns() throws Exception {
    sayFrame(other, frame(HERE, THERE));
    arrived();
    tunnel.setPeers(addresses(one));
    assertThat(tunnel.peerOf(THERE)).isEmpty();
    byte[] unknown = frame(THERE, HERE);
    machine.send(Frame.of(unknown));
    assertNextSent(one, unknown);
    try (DatagramSocket stranger =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), 0))) {
      sayFrame(stranger, frame(HERE, THERE));
      assertNothingBut(one);
    }
    assertThat(tunnel.metrics().strangers()).isEqualTo(1);
    assertThatThrownBy(() -> tunnel.setPeers(List.of(tunnel.configuration().local())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSourcePortOfAPeerMayBeAny() throws Exception {
    tunnel.setPeers(addresses(one));
    // As a kernel does, which spreads flows over ports.
    sayFrame(other, frame(HERE, THERE));
    arrived();
    assertThat(tunnel.peerOf(THERE)).isEqualTo(Optional.of(addresses(one).getFirst()));
  }

  @Test
  void whatIsNotOfThisNetworkIsDroppedAndCounted() throws Exception {
    byte[] frame = frame(HERE, THERE);
    say(one, datagram("080000000abcdf00", frame));
    say(one, datagram("000000000abcde00", frame));
    say(one, new byte[0]);
    say(one, new byte[7]);
    say(one, datagram("080000000abcde00", new byte[13]));
    say(one, datagram("080000000abcde00", frame(HERE, Ethernet.BROADCAST)));
    byte[] tagged = new byte[64];
    Ethernet.write(tagged, HERE, THERE, 0x8100);
    sayFrame(one, tagged);
    assertNothingBut(one);
    assertThat(tunnel.unknownDatagrams()).isEqualTo(4);
    assertThat(tunnel.metrics().malformed()).isEqualTo(2);
    assertThat(tunnel.metrics().tagged()).isEqualTo(1);
    machine.send(Frame.of(tagged));
    machine.send(Frame.of(frame));
    assertNextSent(one, frame);
    // Reserved bits may be anything.
    say(one, datagram("ffffffff0abcdeff", frame));
    assertThat(arrived()).isEqualTo(frame);
  }

  @Test
  void whatIsOfTheGatewayStaysOnItsHost() throws Exception {
    int gateway = GATEWAY.address().bits();
    int host = GATEWAY.host().bits();
    int own = Ipv4Address.parse("10.42.0.5").bits();
    UdpDatagram dhcp = new UdpDatagram(68, 67, new byte[300]);
    List<byte[]> kept =
        List.of(
            frame(GATEWAY.mac().bits(), HERE),
            frame(THERE, GATEWAY.mac().bits()),
            new ArpPacket(ArpPacket.REQUEST, HERE, own, 0, gateway).frame(Ethernet.BROADCAST),
            new ArpPacket(ArpPacket.REQUEST, HERE, own, 0, host).frame(Ethernet.BROADCAST),
            ArpPacket.announcement(HERE, gateway),
            dhcp.frame(Ethernet.BROADCAST, HERE, -1, 0),
            new UdpDatagram(67, 68, new byte[300]).frame(THERE, HERE, own, host),
            new UdpDatagram(1, 2, new byte[4]).frame(Ethernet.BROADCAST, HERE, gateway, own));
    for (byte[] frame : kept) {
      machine.send(Frame.of(frame));
      sayFrame(one, frame);
    }
    byte[] arp = new ArpPacket(ArpPacket.REQUEST, HERE, own, 0, own + 1).frame(Ethernet.BROADCAST);
    machine.send(Frame.of(arp));
    assertNextSent(one, arp);
    assertNothingBut(one);
    assertThat(tunnel.metrics().keptHere()).isEqualTo(2L * kept.size());
  }

  @Test
  void segmentsInOneFrameAreCutAndTheirChecksumsComputed() throws Exception {
    int payload = 4000;
    byte[] frame = new byte[14 + 20 + 20 + payload];
    Ethernet.write(frame, THERE, HERE, Ethernet.IPV4);
    frame[14] = 0x45;
    BigEndian.putShort(frame, 16, frame.length - 14);
    frame[22] = 64;
    frame[23] = 6;
    BigEndian.putInt(frame, 26, 0x0a2a0005);
    BigEndian.putInt(frame, 30, 0x0a2a0006);
    frame[46] = 0x50;
    machine.send(
        new Frame(
            frame, new Offload(Offload.Checksum.PARTIAL, 34, 16, Offload.Segmentation.TCP4, 1410)));
    int bytes = 0;
    for (int i = 0; i < 3; i++) {
      byte[] segment = Arrays.copyOfRange(next(one), 8, 2000);
      int length = BigEndian.shortAt(segment, 16);
      assertThat(length).isLessThanOrEqualTo(1450);
      long pseudo = InternetChecksum.pseudoHeader(0x0a2a0005, 0x0a2a0006, 6, length - 20);
      long sum = InternetChecksum.sum(segment, 34, 14 + length, pseudo);
      assertThat(InternetChecksum.fold(sum)).isEqualTo(0xffff);
      bytes += length - 40;
    }
    assertThat(bytes).isEqualTo(payload);
  }

  @Test
  void isolatedMachinesDoNotMeetThroughATunnel() throws Exception {
    SwitchPort alone = lan.connect("alone", policy(true));
    List<Frame> heard = new ArrayList<>();
    alone.connect((frame, sender) -> heard.add(frame));
    alone.send(Frame.of(frame(Ethernet.BROADCAST, 0x5254_0000_0003L)));
    arrived();
    byte[] broadcast = frame(Ethernet.BROADCAST, HERE);
    machine.send(Frame.of(broadcast));
    assertNextSent(one, broadcast);
    sayFrame(one, frame(Ethernet.BROADCAST, THERE));
    arrived();
    assertNothingBut(one);
    assertThat(heard).hasSize(1);
  }

  @Test
  void networksShareASocketToldApartByTheirIdentifiers() throws Exception {
    EthernetSwitch second = new EthernetSwitch(SwitchConfiguration.of(1450), time::get);
    SwitchPort port = second.connect("machine", policy(false));
    BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
    port.connect((frame, sender) -> heard.add(frame.bytes()));
    try (TunnelEndpoint shared = tunnel(second, VNI + 1, tunnel.local(), one)) {
      assertThat(shared.local()).isEqualTo(tunnel.local());
      say(one, datagram("080000000abcdf00", frame(HERE, THERE)));
      assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(frame(HERE, THERE));
      assertNothingBut(one);
      EthernetSwitch third = new EthernetSwitch(SwitchConfiguration.of(1450), time::get);
      assertThatThrownBy(() -> tunnel(third, VNI, tunnel.local(), one))
          .hasMessageContaining("another network has a tunnel " + VNI);
    }
    assertNothingBut(one);
    InetSocketAddress place = tunnel.local();
    tunnel.close();
    new DatagramSocket(place).close();
  }

  @Test
  void noDatagramBreaksItAndNoneMakesItGrowWithoutBounds() throws Exception {
    long seed = 20_261_123;
    Random random = new Random(seed);
    // So that frames to it are no floods, which are limited.
    machine.send(Frame.of(frame(THERE, HERE)));
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length >= 8 && random.nextInt(8) != 0) {
        bytes[0] |= 8;
        BigEndian.putInt(bytes, 4, VNI << 8);
        if (bytes.length > 22) {
          int[] types = {Ethernet.ARP, Ethernet.IPV4, Ethernet.IPV6, random.nextInt(65_536)};
          BigEndian.putShort(bytes, 20, types[random.nextInt(types.length)]);
        }
      }
      say(random.nextBoolean() ? one : other, bytes);
      if (i % 64 == 0) {
        // So that the socket has room for the next ones.
        byte[] last = frame(HERE, 0x5254_0000_0099L);
        sayFrame(one, last);
        while (!Arrays.equals(arrived(), last)) {
          // What was thrown at it and happened to be a frame.
        }
      }
    }
    int most = TunnelEndpoint.STATIONS_PER_PEER;
    for (int i = 0; i < most + 500; i++) {
      sayFrame(one, frame(HERE, 0x5200_0000_0000L + i));
      arrived();
    }
    received.clear();
    assertThat(tunnel.stations()).isLessThanOrEqualTo(2 * most);
    assertThat(tunnel.peerOf(0x5200_0000_0000L + most + 400)).as("seed %d", seed).isEmpty();
    // The other one's stations are known all the same.
    sayFrame(other, frame(HERE, THERE));
    arrived();
    assertThat(tunnel.peerOf(THERE)).isPresent();
  }
}
