package org.javisor.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.ethernet.PortMetrics;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.tap.TapConfiguration;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.LoopbackPeer;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Networks joined with interfaces of this host's kernel. Needs the right to make these. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KernelTapTest {
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress DB = MacAddress.parse("52:54:00:00:00:02");

  @TempDir Path folder;

  private final int number = new Random().nextInt(16_384);
  private final String name = "jvt" + number;
  private final String bridge = "jvb" + number;

  // 198.18.0.0/15 is for such tests (RFC 2544).
  private final Ipv4Subnet subnet =
      Ipv4Subnet.parse("198.18." + (number >>> 6) + "." + (number & 31) * 8 + "/29");
  private final Ipv4Address kernel = subnet.address(5);
  private final NetworkConfiguration lan =
      NetworkConfiguration.of("lan", subnet).withUplink(UplinkKind.NONE).withRouter(kernel);

  @BeforeEach
  void mayMakeInterfaces() throws InterruptedException {
    try {
      Kernel.run("ip", "tuntap", "add", "dev", name, "mode", "tap");
      Kernel.run("ip", "link", "delete", name);
    } catch (IOException e) {
      Assumptions.abort("tap devices cannot be made here: " + e.getMessage());
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    for (String left : List.of(name, bridge)) {
      try {
        Kernel.run("ip", "link", "delete", left);
      } catch (IOException e) {
        // It was not made.
      }
    }
  }

  private static List<TapConfiguration> named(String text) {
    return List.of(TapConfiguration.parse(text));
  }

  private boolean exists() {
    return Files.exists(Path.of("/sys/class/net", name));
  }

  private void giveAddress(String to) throws Exception {
    Kernel.run("ip", "address", "add", kernel + "/29", "dev", to);
  }

  private byte[] arp(MachinePort port, Ipv4Address sender, Ipv4Address target) {
    return new ArpPacket(ArpPacket.REQUEST, port.mac().bits(), sender.bits(), 0, target.bits())
        .frame(Ethernet.BROADCAST);
  }

  /** The kernel answers a machine's request for its address and its echo request. */
  private long assertAnswers(FakeMachine machine, MachinePort port) throws Exception {
    machine.send(arp(port, port.address(), kernel));
    ArpPacket reply = ArpPacket.parse(machine.next(Ethernet.ARP));
    while (reply.operation() != ArpPacket.REPLY || reply.senderAddress() != kernel.bits()) {
      reply = ArpPacket.parse(machine.next(Ethernet.ARP));
    }
    byte[] echo = machine.echo(reply.senderMac(), kernel, 1500);
    machine.send(echo);
    byte[] answer = machine.nextPacket(Ipv4Packet.ICMP);
    assertThat(Arrays.copyOfRange(answer, 42, answer.length))
        .isEqualTo(Arrays.copyOfRange(echo, 42, echo.length));
    return reply.senderMac();
  }

  @Test
  void machinesAndTheKernelAreNeighboursAsLongAsTheNetworkIs() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      network.join(named(name));
      giveAddress(name);
      MachinePort port = network.attach(PortRequest.of("web", WEB));
      assertAnswers(new FakeMachine(port), port);

      MachinePort answering = network.attach(PortRequest.of("db", DB));
      LoopbackPeer db = new LoopbackPeer(DB, answering.address().bits());
      db.connect(
          (frame, sender) -> {
            answering.send(frame);
            return true;
          });
      answering.connect(
          (frame, sender) -> {
            db.send(frame);
            return true;
          });
      assertThat(InetAddress.ofLiteral(answering.address().toString()).isReachable(60_000))
          .isTrue();
      network.join(List.of());
      assertThat(exists()).isFalse();
      network.join(named(name));
      assertThat(exists()).isTrue();
    }
    assertThat(exists()).isFalse();
  }

  @Test
  void nobodySpeaksForOthersOrFloodsOrIsServedByTheGatewayHere() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      network.join(named(name));
      giveAddress(name);
      MachinePort port = network.attach(PortRequest.of("web", WEB));
      FakeMachine web = new FakeMachine(port);
      web.send(arp(port, lan.gateway(), kernel));
      assertThat(network.metrics().get("web").spoofed()).isEqualTo(1);
      assertAnswers(web, port);

      assertThat(InetAddress.ofLiteral(lan.gateway().toString()).isReachable(1000)).isFalse();
      byte[] flood = arp(port, port.address(), kernel);
      for (int i = 0; i < 2000; i++) {
        port.send(Frame.of(flood));
      }
      PortMetrics.Snapshot flooded = network.metrics().get("web");
      assertThat(flooded.overFlood()).isPositive();
      assertThat(network.metrics().get("(" + name + ")").framesReceived())
          .isLessThan(flooded.framesSent());
    }
  }

  @Test
  void itBecomesAPartOfABridge() throws Exception {
    Kernel.run("ip", "link", "add", bridge, "type", "bridge");
    Kernel.run("ip", "link", "set", bridge, "up");
    giveAddress(bridge);
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      network.join(named(name + "/" + bridge));
      MachinePort port = network.attach(PortRequest.of("web", WEB));
      assertAnswers(new FakeMachine(port), port);
    }
  }

  @Test
  void anInterfaceThatIsTakenAwayIsAskedForAgain() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      network.join(named(name));
      MachinePort port = network.attach(PortRequest.of("web", WEB));
      FakeMachine web = new FakeMachine(port);
      giveAddress(name);
      long before = assertAnswers(web, port);
      Path index = Path.of("/sys/class/net", name, "ifindex");
      String first = Files.readString(index);
      Kernel.run("ip", "link", "delete", name);
      while (!exists() || Files.readString(index).equals(first)) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      while (true) {
        try {
          giveAddress(name);
          break;
        } catch (IOException e) {
          TimeUnit.MILLISECONDS.sleep(10);
        }
      }
      long after = assertAnswers(web, port);
      if (Files.exists(Path.of("/etc/machine-id"))) {
        assertThat(after).as("who has spoken with it finds it").isEqualTo(before);
      }
    }
  }

  @Test
  void oneThatTheAdministratorHasMadeStays() throws Exception {
    Kernel.run("ip", "tuntap", "add", "dev", name, "mode", "tap");
    Kernel.run("ip", "link", "set", name, "up");
    giveAddress(name);
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      network.join(named(name));
      MachinePort port = network.attach(PortRequest.of("web", WEB));
      assertAnswers(new FakeMachine(port), port);
      try (VirtualNetwork other = VirtualNetwork.open(lan, folder.resolve("other"))) {
        assertThatThrownBy(() -> other.join(named(name)))
            .isInstanceOf(NetworkException.class)
            .hasMessageContaining(name + " is in use, by another network or program");
      }
    }
    assertThat(exists()).isTrue();
  }

  @Test
  void whatCannotBeIsSaid() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      assertThatThrownBy(() -> network.join(named("lo")))
          .isInstanceOf(NetworkException.class)
          .hasMessageContaining("lo is an interface of another kind");
      assertThatThrownBy(() -> network.join(named(name + "/nobridge")))
          .hasMessageContaining("nobridge is no bridge of this host");
      assertThat(exists()).isFalse();
      assertThat(network.metrics().keySet()).containsExactly("gateway");
    }
    assertThatThrownBy(() -> TapConfiguration.parse("a-name-of-16-let"))
        .hasMessageContaining("at most 15 letters");
    for (String bad : List.of("", "tap%d", "a b", "../x", "tap0/", "tap0/br0/7")) {
      assertThatThrownBy(() -> TapConfiguration.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
