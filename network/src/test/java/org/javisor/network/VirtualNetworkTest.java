package org.javisor.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.capture.Capture;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.forward.Forward;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.IcmpMessage;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class VirtualNetworkTest {
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress DB = MacAddress.parse("52:54:00:00:00:02");
  private static final NetworkConfiguration ALONE =
      NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.42.0.0/24")).withUplink(UplinkKind.NONE);
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.42.0.1");

  @TempDir Path folder;

  private static void assumePasst() {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "passt"))),
        "passt is not installed: apt-get install passt");
  }

  @Test
  void anOpenedAgainNetworkHasTheSameAddresses() throws Exception {
    Ipv4Address web;
    Ipv4Address db;
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder)) {
      web = network.attach(PortRequest.of("web-1", WEB)).address();
      db = network.attach(PortRequest.of("DB", DB)).address();
      assertThatThrownBy(() -> network.attach(PortRequest.of("web-1", WEB)))
          .isInstanceOf(NetworkException.class)
          .hasMessageContaining("web-1 is on the network lan already");
      assertThatThrownBy(() -> network.attach(PortRequest.of("twin", WEB)))
          .hasMessageContaining("is that of web-1");
      assertThatThrownBy(() -> network.forget("db")).hasMessageContaining("still on the network");
    }
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder)) {
      assertThat(network.attach(PortRequest.of("db", DB)).address()).isEqualTo(db);
      MachinePort port = network.attach(PortRequest.of("web-1", WEB));
      assertThat(port.address()).isEqualTo(web);
      port.close();
      network.attach(PortRequest.of("web-1", WEB)).close();
      network.forget("web-1");
      assertThat(network.leases()).hasSize(1);
    }
    NetworkConfiguration other =
        NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.43.0.0/24"))
            .withUplink(UplinkKind.NONE);
    assertThatThrownBy(() -> VirtualNetwork.open(other, folder))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("not for machines of the subnet 10.43.0.0/24");
  }

  @Test
  void datagramsFromTheHostReachAMachineAndItsAnswersGoBack() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder);
        DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      FakeMachine web = new FakeMachine(network.attach(PortRequest.of("web-1", WEB)));
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      ForwardRequest request = new ForwardRequest(ForwardRequest.Protocol.UDP, any, "web-1", 5353);
      try (Forward forward = network.forward(request)) {
        byte[] hello = "hello".getBytes(UTF_8);
        client.send(new DatagramPacket(hello, hello.length, forward.local()));
        FakeMachine.Received got = web.nextDatagram();
        assertThat(got.source()).isEqualTo(GATEWAY);
        assertThat(got.datagram().destinationPort()).isEqualTo(5353);
        assertThat(got.datagram().payload()).isEqualTo(hello);
        long gateway = web.resolve(GATEWAY);
        web.send(gateway, GATEWAY, got.datagram().reply("world".getBytes(UTF_8)));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        client.setSoTimeout(60_000);
        client.receive(answer);
        assertThat(new String(answer.getData(), 0, answer.getLength(), UTF_8)).isEqualTo("world");
      }
      assertThatThrownBy(() -> network.forward(ForwardRequest.tcp(0, "web-1", 80)))
          .hasMessageContaining("has no uplink");
      assertThatThrownBy(() -> network.forward(ForwardRequest.tcp(0, "nobody", 80)))
          .hasMessageContaining("nobody is not on the network lan");
    }
  }

  @Test
  void whereNobodyListensOrThereIsNoWayIsSaid() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder)) {
      FakeMachine web = new FakeMachine(network.attach(PortRequest.of("web-1", WEB)));
      long gateway = web.resolve(GATEWAY);
      web.send(gateway, GATEWAY, new UdpDatagram(1000, 9, new byte[4]));
      byte[] error = web.next();
      assertThat(error[34]).isEqualTo((byte) IcmpMessage.UNREACHABLE);
      assertThat(error[35]).isEqualTo((byte) IcmpMessage.PORT);
      web.send(gateway, Ipv4Address.parse("198.51.100.1"), new UdpDatagram(1000, 9, new byte[4]));
      error = web.next();
      assertThat(error[35]).isEqualTo((byte) IcmpMessage.NETWORK);
    }
  }

  @Test
  void noFrameBreaksTheGateway() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    PortRequest open =
        new PortRequest(
            "web-1",
            WEB,
            Optional.empty(),
            SpoofProtection.NONE,
            false,
            Optional.empty(),
            Optional.empty());
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder)) {
      FakeMachine web = new FakeMachine(network.attach(open));
      long gateway = web.resolve(GATEWAY);
      for (int i = 0; i < 100_000; i++) {
        byte[] frame = new byte[random.nextInt(14, 120)];
        random.nextBytes(frame);
        Ethernet.write(
            frame, gateway, WEB.bits(), random.nextBoolean() ? Ethernet.IPV4 : Ethernet.ARP);
        if (frame.length >= 50) {
          frame[14] = (byte) (0x40 | random.nextInt(5, 7));
          BigEndian.putShort(frame, 16, random.nextInt(20, frame.length - 13));
          BigEndian.putShort(frame, 20, 0);
          frame[23] = (byte) new int[] {1, 6, 17}[random.nextInt(3)];
          BigEndian.putInt(frame, Ipv4Packet.DESTINATION, GATEWAY.bits());
          BigEndian.putShort(frame, 36, new int[] {53, 67, 9}[random.nextInt(3)]);
          BigEndian.putShort(frame, 40, 0); // No checksum to be wrong.
        }
        web.send(frame);
      }
      FakeMachine db = new FakeMachine(network.attach(PortRequest.of("db", DB)));
      assertThat(db.resolve(GATEWAY)).as("seed %d", seed).isEqualTo(gateway);
    }
  }

  @Test
  void aCaptureIsPcapng() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (VirtualNetwork network = VirtualNetwork.open(ALONE, folder)) {
      FakeMachine web = new FakeMachine(network.attach(PortRequest.of("web-1", WEB)));
      FakeMachine db = new FakeMachine(network.attach(PortRequest.of("db", DB)));
      assertThatThrownBy(() -> network.capture(Optional.of("nobody"), file))
          .hasMessageContaining("nobody is not on the network");
      try (Capture capture = network.capture(Optional.of("web-1"), file)) {
        web.resolve(GATEWAY);
        db.resolve(GATEWAY);
        assertThat(capture.failure()).isNull();
      }
      web.resolve(GATEWAY);
    }
    ByteBuffer bytes = ByteBuffer.wrap(file.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> types = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int start = bytes.position();
      int type = bytes.getInt();
      int length = bytes.getInt();
      types.add(type);
      if (type == 6) {
        lengths.add(bytes.getInt(start + 20));
      }
      assertThat(bytes.getInt(start + length - 4)).isEqualTo(length);
      bytes.position(start + length);
    }
    // Its own question and answer, and the question of the other to all; then how many there were.
    assertThat(types).containsExactly(0x0a0d0d0a, 1, 6, 6, 6, 5);
    assertThat(lengths).containsExactly(42, 42, 42);
  }

  @Test
  void passtEndsWithTheNetworkAndStartsAgainWhenItDies() throws Exception {
    assumePasst();
    long children = passts();
    try (VirtualNetwork network =
            VirtualNetwork.open(ALONE.withUplink(UplinkKind.PASST).withHostAccess(true), folder);
        DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      assertThat(passts()).isEqualTo(children + 1);
      FakeMachine web = new FakeMachine(network.attach(PortRequest.of("web-1", WEB)));
      ask(web, server);
      ProcessHandle passt = passt();
      passt.destroyForcibly();
      passt.onExit().get();
      // What is sent until it is there again is lost, as on any network.
      while (passts() != children + 1) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      ask(web, server);
    }
    assertThat(passts()).isEqualTo(children);
  }

  /** A datagram to a server of the host, and its answer, asked for until it comes. */
  private static void ask(FakeMachine web, DatagramSocket server) throws Exception {
    Ipv4Address host = ALONE.host();
    long gateway = web.resolve(GATEWAY);
    byte[] question = "question".getBytes(UTF_8);
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    server.setSoTimeout(500);
    while (true) {
      web.send(gateway, host, new UdpDatagram(4000, server.getLocalPort(), question));
      try {
        server.receive(packet);
        break;
      } catch (SocketTimeoutException e) {
        // Again.
      }
    }
    assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(question);
    byte[] answer = new byte[3000];
    new Random(1).nextBytes(answer);
    server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    // Longer than a frame, so it comes in fragments.
    byte[] first = fragment(web);
    byte[] second = fragment(web);
    byte[] third = fragment(web);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(first, 42, first.length - 42);
    whole.write(second, 34, second.length - 34);
    whole.write(third, 34, third.length - 34);
    assertThat(whole.toByteArray()).isEqualTo(answer);
  }

  private static byte[] fragment(FakeMachine web) throws InterruptedException {
    while (true) {
      byte[] frame = web.next();
      Ipv4Packet packet =
          BigEndian.shortAt(frame, Ethernet.TYPE) == Ethernet.IPV4 ? Ipv4Packet.parse(frame) : null;
      if (packet != null && packet.fragment()) {
        assertThat(new Ipv4Address(packet.source())).isEqualTo(ALONE.host());
        return frame;
      }
    }
  }

  private static ProcessHandle passt() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").contains("passt"))
        .findFirst()
        .orElseThrow();
  }

  private static long passts() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").contains("passt"))
        .count();
  }
}
