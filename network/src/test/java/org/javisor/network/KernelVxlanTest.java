package org.javisor.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.virtio.net.LoopbackPeer;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The other end is the Linux kernel's own vxlan device, in a network namespace of its own behind a
 * link of MTU 1500. Needs the right to make these.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KernelVxlanTest {
  private static final int VNI = 0x12_3456;
  private static final Ipv4Address KERNEL = Ipv4Address.parse("10.42.0.77");
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress DB = MacAddress.parse("52:54:00:00:00:02");

  @TempDir Path folder;

  private final int number = new Random().nextInt(16_384);
  private final String namespace = "jvx" + number;
  private final String link = "jvh" + number;
  private final String far = "jvn" + number;

  private String inNamespace(String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(Arrays.asList(command));
    return Kernel.run(all.toArray(String[]::new));
  }

  private void begin(String here, String there, int prefix)
      throws IOException, InterruptedException {
    try {
      Kernel.run("ip", "netns", "add", namespace);
      Kernel.run(
          "ip", "link", "add", link, "type", "veth", "peer", "name", far, "netns", namespace);
      inNamespace("ip", "link", "add", "vx1", "type", "vxlan", "id", "1", "dstport", "1");
    } catch (IOException e) {
      Assumptions.abort("no vxlan device of the kernel: " + e.getMessage());
    }
    Kernel.run("ip", "address", "add", here + "/" + prefix, "dev", link, "nodad");
    Kernel.run("ip", "link", "set", link, "up");
    inNamespace("ip", "address", "add", there + "/" + prefix, "dev", far, "nodad");
    inNamespace("ip", "link", "set", far, "up");
    inNamespace(
        ("ip link add vx0 type vxlan id " + VNI + " dev " + far + " dstport 4789 local " + there)
            .concat(" remote " + here)
            .split(" "));
    inNamespace("ip", "address", "add", KERNEL + "/24", "dev", "vx0");
    inNamespace("ip", "link", "set", "vx0", "up");
  }

  @AfterEach
  void end() throws InterruptedException {
    for (String[] command :
        List.of(
            new String[] {"ip", "link", "delete", link},
            new String[] {"ip", "netns", "delete", namespace})) {
      try {
        Kernel.run(command);
      } catch (IOException e) {
        // It was not made.
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itSpeaksWithTheKernelsDevice(boolean ipv4) throws Exception {
    // 198.18.0.0/15 is for such tests (RFC 2544), and so are addresses of documentation.
    String prefix =
        ipv4
            ? "198.18." + (number >>> 6) + "."
            : "2001:db8:" + Integer.toHexString(number + 1) + "::";
    int low = ipv4 ? (number & 63) * 4 : 0;
    String here = prefix + (low + 1);
    String there = prefix + (low + 2);
    begin(here, there, ipv4 ? 30 : 64);
    int mtu = ipv4 ? 1450 : 1430;
    NetworkConfiguration lan =
        NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.42.0.0/24"))
            .withUplink(UplinkKind.NONE);
    try (VirtualNetwork network = VirtualNetwork.open(lan, folder)) {
      InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(there), 4789);
      network.span(
          Optional.of(
              new TunnelConfiguration(
                  VNI, new InetSocketAddress(InetAddress.ofLiteral(here), 4789), List.of(peer))));
      assertThat(inNamespace("ip", "link", "show", "vx0")).contains("mtu " + mtu);

      MachinePort port = network.attach(PortRequest.of("web", WEB));
      port.announce();
      String heard = inNamespace("bridge", "fdb", "show", "dev", "vx0");
      while (!heard.contains(WEB + " dst " + here)) {
        Thread.onSpinWait();
        heard = inNamespace("bridge", "fdb", "show", "dev", "vx0");
      }

      FakeMachine web = new FakeMachine(port);
      long kernel = resolve(web, port);
      assertThat(network.tunnel().orElseThrow().peerOf(kernel)).contains(peer);
      // As long as goes through whole, and not a byte longer.
      byte[] echo = web.echo(kernel, KERNEL, mtu);
      web.send(echo);
      byte[] reply = web.nextPacket(Ipv4Packet.ICMP);
      assertThat(Arrays.copyOfRange(reply, 42, reply.length))
          .isEqualTo(Arrays.copyOfRange(echo, 42, echo.length));
      web.send(web.echo(kernel, KERNEL, mtu + 1));
      assertThat(network.tunnel().orElseThrow().metrics().tooLong()).isEqualTo(1);

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
      inNamespace(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-cp",
          Path.of("target", "test-classes").toAbsolutePath().toString(),
          KernelPing.class.getName(),
          answering.address().toString());
    }
  }

  private static long resolve(FakeMachine machine, MachinePort port) throws Exception {
    machine.send(
        new ArpPacket(ArpPacket.REQUEST, port.mac().bits(), port.address().bits(), 0, KERNEL.bits())
            .frame(Ethernet.BROADCAST));
    while (true) {
      ArpPacket packet = ArpPacket.parse(machine.next(Ethernet.ARP));
      if (packet.operation() == ArpPacket.REPLY) {
        return packet.senderMac();
      }
    }
  }
}
