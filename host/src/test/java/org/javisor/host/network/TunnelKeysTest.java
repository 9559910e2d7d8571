package org.javisor.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.javisor.host.ProblemException;
import org.javisor.network.MachinePort;
import org.javisor.network.PortRequest;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that lead to other hosts, as keys and values say. */
class TunnelKeysTest {
  private static final Map<String, String> PLAIN =
      Map.of("ipv4.address", "10.42.0.0/24", "ipv4.nat", "false");
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");

  @TempDir Path folder;

  private static NetworkRecord network(String... keysAndValues) {
    Map<String, String> config = new TreeMap<>(PLAIN);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new NetworkRecord(NetworkRecord.VERSION, "", config);
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static String freePort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return String.valueOf(socket.getLocalPort());
    }
  }

  @Test
  void keysMeanWhatTheyMeanInIncus() {
    NetworkRecord two =
        network(
            "tunnel.b.protocol", "vxlan",
            "tunnel.b.id", "42",
            "tunnel.b.local", "192.0.2.1",
            "tunnel.b.remote", "192.0.2.2",
            "tunnel.c.protocol", "vxlan",
            "tunnel.c.id", "42",
            "tunnel.c.local", "192.0.2.1",
            "tunnel.c.remote", "192.0.2.3:4790");
    assertThat(two.tunnel())
        .contains(
            new TunnelConfiguration(
                42, at("192.0.2.1", 4789), List.of(at("192.0.2.2", 4789), at("192.0.2.3", 4790))));
    assertThat(two.configuration("lan").mtu()).isEqualTo(1450);
    NetworkRecord six =
        network(
            "tunnel.b.protocol", "vxlan",
            "tunnel.b.port", "5000",
            "tunnel.b.remote", "[::1]:5001",
            "tunnel.b.id", "");
    assertThat(six.tunnel())
        .contains(new TunnelConfiguration(0, at("::1", 5000), List.of(at("::1", 5001))));
    assertThat(six.configuration("lan").mtu()).isEqualTo(1430);
    assertThat(network().tunnel()).isEmpty();
    assertThat(network("tunnel.b.protocol", "").tunnel()).isEmpty();
    assertThat(network().configuration("lan").mtu()).isEqualTo(1500);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertWrong("tunnel.b.protocol cannot be 'gre'", "tunnel.b.protocol", "gre");
    assertWrong("tunnel.b.remote is missing", "tunnel.b.protocol", "vxlan");
    assertWrong("tunnel.b.protocol cannot be ''", "tunnel.b.remote", "127.0.0.2");
    assertWrong("tunnel.b.group cannot be set", "tunnel.b.group", "239.0.0.1");
    assertWrong("a network has no key tunnel.b.mtu", "tunnel.b.mtu", "1");
    assertWrongTunnel("tunnel.b.id cannot be '16777216'", "tunnel.b.id", "16777216");
    assertWrongTunnel("tunnel.b.port cannot be '65536'", "tunnel.b.port", "65536");
    assertWrongTunnel("tunnel.b.remote cannot be 'host-b'", "tunnel.b.remote", "host-b");
    assertWrongTunnel("192.0.2.2 cannot be reached from 127.0.0.1", "tunnel.b.remote", "192.0.2.2");
    assertWrongTunnel("tunnel.b.remote cannot be '127.0.0.1'", "tunnel.b.remote", "127.0.0.1");
    assertWrongTunnel("tunnel.b.remote cannot be '127.0.0.2'", "tunnel.b.local", "::1");
    assertWrongTunnel(
        "the same id, local and port, not these: b, c",
        "tunnel.c.protocol",
        "vxlan",
        "tunnel.c.remote",
        "127.0.0.3",
        "tunnel.c.id",
        "7");
    assertWrong("is not possible", "ipv4.dhcp.ranges", "10.43.0.1-10.43.0.9");
    assertWrong("is not possible", "ipv4.dhcp.ranges", "10.42.0.1");
  }

  private static void assertWrongTunnel(String message, String... more) {
    String[] all = new String[more.length + 4];
    all[0] = "tunnel.b.protocol";
    all[1] = "vxlan";
    all[2] = "tunnel.b.remote";
    all[3] = "127.0.0.2";
    System.arraycopy(more, 0, all, 4, more.length);
    assertWrong(message, all);
  }

  private static void assertWrong(String message, String... keysAndValues) {
    assertThatThrownBy(() -> network(keysAndValues).configuration("lan"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(message);
  }

  @Test
  void tunnelsAndRangesChangeUnderInstances() throws Exception {
    String port = freePort();
    try (NetworkStore store = new NetworkStore(folder, name -> true)) {
      store.create("lan", network("bridge.mtu", "1450"));
      MachinePort web = store.attach("lan", PortRequest.of("web", WEB));
      VirtualNetwork running = store.running("lan").orElseThrow();
      String[] tunnel = {
        "bridge.mtu", "1450",
        "ipv4.dhcp.ranges", "10.42.0.50-10.42.0.59",
        "tunnel.b.protocol", "vxlan",
        "tunnel.b.port", port,
        "tunnel.b.remote", "127.0.0.2"
      };
      store.update("lan", network(tunnel));
      assertThat(running.tunnel()).as("not before it may listen").isEmpty();
      store.listen();
      assertThat(running.tunnel().orElseThrow().configuration())
          .isEqualTo(network(tunnel).tunnel().orElseThrow());
      tunnel[9] = "127.0.0.3";
      store.update("lan", network(tunnel));
      assertThat(running.tunnel().orElseThrow().configuration().peers())
          .containsExactly(at("127.0.0.3", Integer.parseInt(port)));
      MachinePort db =
          store.attach("lan", PortRequest.of("db", MacAddress.parse("52:54:00:00:00:02")));
      assertThat(db.address()).isEqualTo(Ipv4Address.parse("10.42.0.50"));
      assertThatThrownBy(() -> store.update("lan", network("bridge.mtu", "1400")))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("MTU of the network lan cannot become 1400");
      assertThatThrownBy(() -> store.create("other", network(tunnel)))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("the network lan has tunnels with the same id");
      store.update("lan", network("bridge.mtu", "1450"));
      assertThat(running.tunnel()).isEmpty();
      web.close();
      db.close();
    }
  }

  @Test
  void anInstanceComesAndGoesWithItsAddress() throws Exception {
    try (NetworkStore store = new NetworkStore(folder, name -> true)) {
      store.create("lan", network("ipv4.dhcp.ranges", "10.42.0.50-10.42.0.59"));
      Ipv4Address address = Ipv4Address.parse("10.42.0.9");
      MachinePort web = store.expect("lan", PortRequest.of("web", WEB), address);
      assertThat(web.address()).isEqualTo(address);
      assertThatThrownBy(
              () ->
                  store.expect(
                      "lan", PortRequest.of("db", MacAddress.parse("52:54:00:00:00:02")), address))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("10.42.0.9 is reserved for web");
      web.arrive();
      web.close();
      store.letGo("lan", "web");
      assertThat(store.running("lan").map(VirtualNetwork::leases))
          .isEqualTo(Optional.of(List.of()));
    }
  }

  @Test
  void aPortThatIsTakenIsSaidWhenAnInstanceIsPluggedIn() throws Exception {
    try (NetworkStore store = new NetworkStore(folder, name -> true);
        DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      store.listen();
      store.create(
          "lan",
          network(
              "tunnel.b.protocol", "vxlan",
              "tunnel.b.port", String.valueOf(taken.getLocalPort()),
              "tunnel.b.remote", "127.0.0.2"));
      assertThatThrownBy(() -> store.attach("lan", PortRequest.of("web", WEB)))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("the host cannot listen at 127.0.0.1 port " + taken.getLocalPort());
      assertThat(store.running("lan")).isEmpty();
    }
  }
}
