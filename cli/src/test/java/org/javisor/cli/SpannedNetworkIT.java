package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.network.MachinePort;
import org.javisor.network.NetworkConfiguration;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.PortRequest;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.FrameReceiver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real machines in one network on two hosts, which a tunnel over the loopback interface joins. */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SpannedNetworkIT {
  private static final JavisorProcess JAVISOR = JavisorProcess.withSharedImages();
  private static final int MTU = 1450;

  @TempDir Path folder;

  @BeforeAll
  static void theImageIsThere() throws Exception {
    assertThat(JAVISOR.run("run", "busybox", "--", "true").code()).isZero();
  }

  private VirtualNetwork host(String name, String range) throws Exception {
    NetworkConfiguration lan =
        new NetworkConfiguration(
            "lan",
            Ipv4Subnet.parse("10.42.0.0/24"),
            Optional.empty(),
            UplinkKind.NONE,
            false,
            false,
            MTU,
            List.of(Ipv4Range.parse(range)),
            Optional.empty());
    VirtualNetwork network = VirtualNetwork.open(lan, folder.resolve(name));
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    network.span(Optional.of(new TunnelConfiguration(7, any, List.of())));
    return network;
  }

  private static void join(VirtualNetwork one, VirtualNetwork other) throws Exception {
    List<InetSocketAddress> peers = List.of(other.tunnel().orElseThrow().local());
    one.span(one.tunnel().map(end -> end.configuration().withPeers(peers)));
  }

  @Test
  void machinesOnTwoHostsAreNeighbours() throws Exception {
    try (VirtualNetwork a = host("a", "10.42.0.10-10.42.0.19");
        VirtualNetwork b = host("b", "10.42.0.20-10.42.0.29")) {
      join(a, b);
      join(b, a);
      try (NetworkedMachine web =
              new NetworkedMachine(
                  JAVISOR.home(), a, PortRequest.of("web", VirtualNetwork.randomMac()));
          NetworkedMachine db =
              new NetworkedMachine(
                  JAVISOR.home(), b, PortRequest.of("db", VirtualNetwork.randomMac()))) {
        web.awaitAddress();
        db.awaitAddress();
        assertThat(web.run("ip addr show dev eth0")).contains("inet 10.42.0.10/24", "mtu " + MTU);
        assertThat(db.run("ip addr show dev eth0")).contains("inet 10.42.0.20/24");
        assertThat(web.run("ping -c 2 -s " + (MTU - 28) + " 10.42.0.20"))
            .contains("2 packets received");
        // Each has the gateway of its own host, although both are called the same.
        assertThat(web.run("ping -c 1 gateway")).contains("1 packets received");
        assertThat(db.run("ping -c 1 gateway")).contains("1 packets received");
        db.run("mkdir /www; head -c 3000000 /dev/urandom > /www/f; httpd -p 80 -h /www");
        String sum = db.run("sha256sum < /www/f");
        assertThat(web.run("wget -q -O - http://10.42.0.20/f | sha256sum")).isEqualTo(sum);
        assertThat(b.tunnel().orElseThrow().metrics().tooLong()).isZero();
        assertThat(a.metrics().get(VirtualNetwork.TUNNEL).malformed()).isZero();
      }
    }
  }

  /**
   * The card of a machine whose host changes under it: its cable, pulled here, plugged in there.
   */
  private static final class Cable implements FramePort {
    private volatile MachinePort end;
    private volatile FrameReceiver card = (frame, sender) -> false;

    Cable(MachinePort first) {
      end = first;
    }

    @Override
    public void connect(FrameReceiver receiver) {
      card = receiver;
      end.connect(receiver);
    }

    @Override
    public void send(Frame frame) {
      end.send(frame);
    }

    void move(VirtualNetwork from, VirtualNetwork to) throws Exception {
      MachinePort before = end;
      to.adopt(before.machine(), before.mac(), before.address());
      MachinePort after = to.expect(PortRequest.of(before.machine(), before.mac()));
      assertThat(after.address()).isEqualTo(before.address());
      after.connect(card);
      before.close();
      end = after;
      after.arrive();
      from.letGo(before.machine());
    }
  }

  @Test
  void connectionsOutliveMovesOfAMachinesCable() throws Exception {
    try (VirtualNetwork a = host("a", "10.42.0.10-10.42.0.19");
        VirtualNetwork b = host("b", "10.42.0.20-10.42.0.29")) {
      join(a, b);
      join(b, a);
      MachinePort port = a.attach(PortRequest.of("web", VirtualNetwork.randomMac()));
      Cable cable = new Cable(port);
      try (NetworkedMachine web = new NetworkedMachine(JAVISOR.home(), port, cable);
          NetworkedMachine third =
              new NetworkedMachine(
                  JAVISOR.home(), a, PortRequest.of("third", VirtualNetwork.randomMac()))) {
        web.awaitAddress();
        third.awaitAddress();
        web.run("mkdir /www; head -c 20000000 /dev/urandom > /www/f; httpd -p 80 -h /www");
        String sum = web.run("sha256sum < /www/f");
        third.run("wget -q -O /f http://" + port.address() + "/f & echo");
        for (int moves = 1; moves <= 6; moves++) {
          long before = third.port().metrics().snapshot().bytesReceived();
          cable.move(moves % 2 == 1 ? a : b, moves % 2 == 1 ? b : a);
          // It is in the middle of the file, and goes on with it.
          while (third.port().metrics().snapshot().bytesReceived() < before + 1_000_000) {
            Thread.sleep(10);
          }
        }
        assertThat(third.run("wait; sha256sum < /f")).isEqualTo(sum);
        assertThat(web.run("ip addr show dev eth0")).contains("inet " + port.address() + "/24");
      }
      cable.end.close();
    }
  }
}
