package org.javisor.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One network on three hosts, joined by tunnels over the loopback interface. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SpannedNetworkTest {
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress DB = MacAddress.parse("52:54:00:00:00:02");
  private static final MacAddress THIRD = MacAddress.parse("52:54:00:00:00:03");
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.42.0.1");
  private static final NetworkConfiguration LAN =
      NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.42.0.0/24")).withUplink(UplinkKind.NONE);

  @TempDir Path folder;

  private VirtualNetwork a;
  private VirtualNetwork b;
  private VirtualNetwork c;

  @BeforeEach
  void open() throws Exception {
    a = VirtualNetwork.open(LAN, folder.resolve("a"));
    b = VirtualNetwork.open(LAN, folder.resolve("b"));
    c = VirtualNetwork.open(LAN, folder.resolve("c"));
  }

  /** After machines are plugged in, none is announced unless a test does it. */
  private void span() throws Exception {
    List<VirtualNetwork> all = List.of(a, b, c);
    for (VirtualNetwork network : all) {
      network.span(
          Optional.of(
              new TunnelConfiguration(
                  42, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), List.of())));
    }
    for (VirtualNetwork network : all) {
      List<InetSocketAddress> peers =
          all.stream()
              .filter(other -> other != network)
              .map(other -> other.tunnel().orElseThrow().local())
              .toList();
      network.span(network.tunnel().map(end -> end.configuration().withPeers(peers)));
    }
  }

  @AfterEach
  void end() {
    a.close();
    b.close();
    c.close();
  }

  private static PortRequest at(String machine, MacAddress mac, int last) {
    return new PortRequest(
        machine,
        mac,
        Optional.of(new Ipv4Address(GATEWAY.bits() - 1 + last)),
        SpoofProtection.MAC_AND_ADDRESS,
        false,
        Optional.empty(),
        Optional.empty());
  }

  private static UdpDatagram saying(String text) {
    return new UdpDatagram(1000, 2000, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String said(FakeMachine.Received received) {
    return new String(received.datagram().payload(), StandardCharsets.UTF_8);
  }

  private static void answerArp(FakeMachine machine, MachinePort port) throws Exception {
    ArpPacket request = ArpPacket.parse(machine.next());
    assertThat(request.targetAddress()).isEqualTo(port.address().bits());
    machine.send(
        new ArpPacket(
                ArpPacket.REPLY,
                port.mac().bits(),
                port.address().bits(),
                request.senderMac(),
                request.senderAddress())
            .frame(request.senderMac()));
  }

  @Test
  void machinesOnSeveralHostsReachEachOther() throws Exception {
    FakeMachine web = new FakeMachine(a.attach(at("web", WEB, 5)));
    MachinePort dbPort = b.attach(at("db", DB, 6));
    FakeMachine db = new FakeMachine(dbPort);
    FakeMachine third = new FakeMachine(c.attach(at("third", THIRD, 7)));
    span();
    web.send(
        new ArpPacket(ArpPacket.REQUEST, WEB.bits(), GATEWAY.bits() + 4, 0, dbPort.address().bits())
            .frame(Ethernet.BROADCAST));
    answerArp(db, dbPort);
    assertThat(ArpPacket.parse(web.next()).senderMac()).isEqualTo(DB.bits());
    third.next();
    web.send(DB.bits(), dbPort.address(), saying("hello"));
    assertThat(said(db.nextDatagram())).isEqualTo("hello");
    // Where it is has been learned, so the third host has not been sent what is for the second.
    assertThat(a.tunnel().orElseThrow().peerOf(DB.bits()))
        .contains(b.tunnel().orElseThrow().local());
    assertThat(a.tunnel().orElseThrow().metrics().datagramsSent()).isEqualTo(3);
  }

  @Test
  void eachHostHasAGatewayOfItsOwn() throws Exception {
    FakeMachine web = new FakeMachine(a.attach(at("web", WEB, 5)));
    FakeMachine db = new FakeMachine(b.attach(at("db", DB, 6)));
    span();
    long gateway = web.resolve(GATEWAY);
    assertThat(db.resolve(GATEWAY)).isEqualTo(gateway);
    web.send(gateway, GATEWAY, new UdpDatagram(68, 67, new byte[300]));
    db.send(gateway, GATEWAY, new UdpDatagram(68, 67, new byte[300]));
    assertThat(a.tunnel().orElseThrow().metrics().datagramsSent()).isZero();
    assertThat(b.tunnel().orElseThrow().metrics().datagramsSent()).isZero();
  }

  @Test
  void aMachineThatMovesIsFoundAtOnce() throws Exception {
    MachinePort before = a.attach(at("web", WEB, 5));
    FakeMachine web = new FakeMachine(before);
    FakeMachine third = new FakeMachine(c.attach(at("third", THIRD, 7)));
    span();
    before.announce();
    assertThat(ArpPacket.parse(third.next()).senderAddress()).isEqualTo(before.address().bits());

    MachinePort after = b.expect(at("web", WEB, 5));
    assertThatThrownBy(() -> b.attach(at("web", DB, 6))).hasMessageContaining("already");
    FakeMachine moved = new FakeMachine(after);
    // While it is expected there, it is still here, and nothing that its new port says goes out.
    moved.send(WEB.bits(), before.address(), saying("too early"));
    third.send(WEB.bits(), before.address(), saying("before"));
    assertThat(said(web.nextDatagram())).isEqualTo("before");

    before.close();
    after.arrive();
    ArpPacket announced = ArpPacket.parse(third.next());
    while (c.tunnel().orElseThrow().peerOf(WEB.bits()).equals(Optional.of(here(a)))) {
      announced = ArpPacket.parse(third.next());
    }
    assertThat(announced.senderMac()).isEqualTo(WEB.bits());
    assertThat(announced.senderAddress()).isEqualTo(announced.targetAddress());
    assertThat(c.tunnel().orElseThrow().peerOf(WEB.bits())).contains(here(b));
    third.send(WEB.bits(), before.address(), saying("after"));
    assertThat(said(moved.nextDatagram())).isEqualTo("after");
    // The host it came from has learned it too, and sends there what its own machines say.
    FakeMachine db = new FakeMachine(a.attach(at("db", DB, 6)));
    db.send(WEB.bits(), before.address(), saying("from where it was"));
    assertThat(said(moved.nextDatagram())).isEqualTo("from where it was");
  }

  @Test
  void whereAMachineCameFromItsNameStillLeadsToIt() throws Exception {
    MachinePort before = a.attach(at("web", WEB, 5));
    MachinePort asking = a.attach(at("db", DB, 6));
    FakeMachine db = new FakeMachine(asking);
    long gateway = db.resolve(GATEWAY);
    span();
    b.adopt("web", WEB, before.address());
    MachinePort after = b.expect(PortRequest.of("web", WEB));
    assertThat(after.address()).isEqualTo(before.address());
    assertThatThrownBy(() -> a.letGo("web")).hasMessageContaining("is still on the network lan");
    before.close();
    a.letGo("web");
    after.arrive();
    byte[] query =
        HexFormat.of()
            .parseHex(
                "0001"
                    + "0100"
                    + "0001000000000000"
                    + "03"
                    + "776562"
                    + "03"
                    + "6c616e"
                    + "08"
                    + "696e7465726e616c"
                    + "00"
                    + "00010001");
    db.send(gateway, GATEWAY, new UdpDatagram(4000, 53, query));
    byte[] answer = db.nextDatagram().datagram().payload();
    assertThat(BigEndian.shortAt(answer, 6)).isEqualTo(1);
    assertThat(BigEndian.intAt(answer, answer.length - 4)).isEqualTo(before.address().bits());
  }

  private static InetSocketAddress here(VirtualNetwork network) {
    return network.tunnel().orElseThrow().local();
  }

  @Test
  void whoseAddressIsNotKnownIsAnnouncedByReverseArp() throws Exception {
    PortRequest any =
        new PortRequest(
            "web",
            WEB,
            Optional.empty(),
            SpoofProtection.MAC,
            false,
            Optional.empty(),
            Optional.empty());
    FakeMachine third = new FakeMachine(c.attach(at("third", THIRD, 7)));
    span();
    // The moment that it is plugged in.
    a.attach(any);
    byte[] heard = third.next();
    assertThat(BigEndian.shortAt(heard, Ethernet.TYPE)).isEqualTo(0x8035);
    ArpPacket packet = ArpPacket.parse(heard);
    assertThat(packet).isEqualTo(new ArpPacket(3, WEB.bits(), 0, WEB.bits(), 0));
  }

  @Test
  void aPortInUseIsSaidAndTheTunnelIsAsBefore() throws Exception {
    span();
    InetSocketAddress taken = here(b);
    InetSocketAddress before = here(a);
    assertThatThrownBy(
            () -> a.span(Optional.of(new TunnelConfiguration(42, taken, List.of(here(c))))))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("cannot listen at 127.0.0.1 port " + taken.getPort());
    assertThat(a.tunnel()).isPresent();
    a.span(Optional.empty());
    assertThat(a.tunnel()).isEmpty();
    a.span(Optional.of(new TunnelConfiguration(42, before, List.of(here(b), here(c)))));
    FakeMachine web = new FakeMachine(a.attach(at("web", WEB, 5)));
    FakeMachine third = new FakeMachine(c.attach(at("third", THIRD, 7)));
    web.send(Ethernet.BROADCAST, Ipv4Address.BROADCAST, saying("again"));
    assertThat(said(third.nextDatagram())).isEqualTo("again");
  }
}
