package org.javisor.network.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.javisor.network.Kernel;
import org.javisor.network.dhcp.AddressPool;
import org.javisor.network.dhcp.DhcpServer;
import org.javisor.network.dns.DnsForwarder;
import org.javisor.network.dns.DnsServer;
import org.javisor.network.dns.DnsZone;
import org.javisor.network.ethernet.EthernetSwitch;
import org.javisor.network.ethernet.PortPolicy;
import org.javisor.network.ethernet.SwitchConfiguration;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.gateway.Gateway;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The client is this host's kernel, with its own TCP, behind an interface. Needs the right to make
 * that.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KernelStreamTest {
  private static final int LONG = 60_000;
  private static final int QUERIES = 6;

  private static final DnsZone ZONE =
      new DnsZone() {
        @Override
        public String domain() {
          return "lan.internal";
        }

        @Override
        public Optional<Ipv4Address> find(String machine) {
          return Optional.of(Ipv4Address.parse("192.0.2.7"));
        }

        @Override
        public boolean owns(Ipv4Address address) {
          return false;
        }

        @Override
        public Optional<String> name(Ipv4Address address) {
          return Optional.empty();
        }
      };

  @TempDir Path folder;

  private final int number = new Random().nextInt(16_384);
  private final Ipv4Subnet subnet =
      Ipv4Subnet.parse("198.19." + (number >>> 6) + "." + (number & 31) * 8 + "/29");

  /** Answers each query by stream with the query and much behind it. */
  private static void serve(ServerSocket resolver) {
    while (true) {
      try (Socket client = resolver.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        byte[] answer = Arrays.copyOf(query, LONG);
        answer[2] |= (byte) 0x80;
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(LONG);
        out.write(answer);
        out.flush();
      } catch (IOException e) {
        return; // The test is over.
      }
    }
  }

  private static byte[] query(int id, String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(new byte[] {0, 0, 1, 0, 1});
    return out.toByteArray();
  }

  /**
   * Sends queries one behind the other and reads the answers.
   *
   * @param lost how many of 100 frames are lost on the way to the kernel
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void longAnswersArriveWhole(int lost) throws Exception {
    String name = "jvs" + number;
    try (TapDevice tap = open(name);
        ServerSocket resolver = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Kernel.run("ip", "address", "add", subnet.address(2) + "/29", "dev", name);
      Thread.ofVirtual().start(() -> serve(resolver));
      EthernetSwitch lan = new EthernetSwitch(SwitchConfiguration.of(1500), System::nanoTime);
      MacAddress mac = MacAddress.parse("02:4a:00:00:00:01");
      SwitchPort kernel = lan.connect("kernel", TapUplink.policy());
      Random random = new Random(7);
      kernel.connect((frame, sender) -> random.nextInt(100) < lost || tap.write(frame.bytes()));
      Thread.ofPlatform().daemon().start(() -> pump(tap, kernel));
      AddressPool pool =
          AddressPool.open(subnet, Set.of(), folder.resolve("leases"), InstantSource.system());
      Ipv4Address own = subnet.address(1);
      InetSocketAddress there = (InetSocketAddress) resolver.getLocalSocketAddress();
      Gateway gateway =
          new Gateway(
              new Gateway.Place(subnet, own, mac, 1500, Optional.empty()),
              lan.connect("gateway", PortPolicy.trusted(mac)),
              new DhcpServer(
                  new DhcpServer.Settings(subnet, own, Optional.empty(), "lan.internal", 1500),
                  pool),
              new DnsServer(ZONE, new DnsForwarder(() -> List.of(there))));
      try {
        ask(own);
      } finally {
        gateway.close();
      }
    }
  }

  private static TapDevice open(String name) {
    try {
      return TapDevice.open(TapConfiguration.parse(name), 1500);
    } catch (IOException e) {
      return Assumptions.abort("tap devices cannot be made here: " + e.getMessage());
    }
  }

  private static void pump(TapDevice tap, SwitchPort port) {
    try {
      for (byte[] frame = tap.read(); frame != null; frame = tap.read()) {
        port.send(Frame.of(frame));
      }
    } catch (IOException e) {
      // The kernel has taken it away.
    }
  }

  private static void ask(Ipv4Address server) throws IOException {
    try (Socket socket = new Socket(server.toInetAddress(), DnsServer.PORT)) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (int id = 0; id < QUERIES; id++) {
        byte[] query = query(id, id % 4 == 0 ? "web-1" : "deb.debian.org");
        out.writeShort(query.length);
        out.write(query);
      }
      socket.shutdownOutput();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      Set<Integer> ids = new TreeSet<>();
      for (int i = 0; i < QUERIES; i++) {
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        int id = answer[1];
        assertThat(ids.add(id)).isTrue();
        assertThat(answer.length).isEqualTo(id % 4 == 0 ? 12 + 11 + 16 : LONG);
      }
      assertThat(in.read()).as("the end").isEqualTo(-1);
    }
  }
}
