package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javisor.network.ForwardRequest;
import org.javisor.network.NetworkConfiguration;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.PortRequest;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.forward.Forward;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real machines in a network: their names, each other, the host and what is beyond it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class NetworkIT {
  private static final JavisorProcess JAVISOR = JavisorProcess.withSharedImages();
  private static final NetworkConfiguration LAN =
      NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.42.0.0/24")).withHostAccess(true);
  private static final int BYTES = 3_000_000;

  @TempDir Path folder;

  @BeforeAll
  static void theImageIsThere() throws Exception {
    assertThat(JAVISOR.run("run", "busybox", "--", "true").code()).isZero();
  }

  private static PortRequest plugged(String machine) {
    return PortRequest.of(machine, VirtualNetwork.randomMac());
  }

  private static NetworkedMachine boot(VirtualNetwork network, PortRequest request)
      throws Exception {
    return new NetworkedMachine(JAVISOR.home(), network, request);
  }

  @Test
  void machinesFindEachOtherByName() throws Exception {
    NetworkConfiguration alone = LAN.withUplink(UplinkKind.NONE);
    try (VirtualNetwork network = VirtualNetwork.open(alone, folder);
        NetworkedMachine web = boot(network, plugged("web-1"));
        NetworkedMachine db = boot(network, plugged("db"))) {
      web.awaitAddress();
      db.awaitAddress();
      assertThat(web.port().address()).isEqualTo(Ipv4Address.parse("10.42.0.2"));
      assertThat(web.run("ip addr show dev eth0")).contains("inet 10.42.0.2/24");
      assertThat(db.run("cat /etc/resolv.conf"))
          .contains("search lan.internal", "nameserver 10.42.0.1");
      assertThat(web.run("ping -c 2 db")).contains("2 packets received");
      assertThat(db.run("ping -c 2 web-1.lan.internal")).contains("2 packets received");
      assertThat(web.run("nslookup " + db.port().address())).contains("name = db.lan.internal");
      assertThat(web.run("nslookup nobody")).contains("NXDOMAIN");
      assertThat(web.run("ping -c 1 gateway")).contains("1 packets received");
      // What a machine serves to another goes in frames of many segments.
      db.run("mkdir /www; head -c 3000000 /dev/urandom > /www/f; httpd -p 80 -h /www");
      String sum = db.run("sha256sum < /www/f");
      assertThat(web.run("wget -q -O - http://db/f | sha256sum")).isEqualTo(sum);
      assertThat(network.metrics().get("db").framesSent()).isLessThan(BYTES / 1400);
      assertThat(network.metrics().get("db").spoofed()).isZero();
      // An address that is another's is no use.
      assertThat(web.run("ip addr add 10.42.0.77/24 dev eth0; ping -c 1 -W 2 -I 10.42.0.77 db"))
          .contains("0 packets received");
      assertThat(network.metrics().get("web-1").spoofed()).isPositive();
    }
  }

  @Test
  void isolatedMachinesReachTheGatewayAlone() throws Exception {
    NetworkConfiguration alone = LAN.withUplink(UplinkKind.NONE);
    PortRequest plain = plugged("b");
    PortRequest isolated =
        new PortRequest(
            plain.machine(),
            plain.mac(),
            Optional.empty(),
            SpoofProtection.MAC_AND_ADDRESS,
            true,
            Optional.empty(),
            Optional.empty());
    PortRequest first = plugged("a");
    PortRequest isolatedToo =
        new PortRequest(
            first.machine(),
            first.mac(),
            Optional.empty(),
            SpoofProtection.MAC_AND_ADDRESS,
            true,
            Optional.empty(),
            Optional.empty());
    try (VirtualNetwork network = VirtualNetwork.open(alone, folder);
        NetworkedMachine a = boot(network, isolatedToo);
        NetworkedMachine b = boot(network, isolated)) {
      a.awaitAddress();
      b.awaitAddress();
      assertThat(a.run("ping -c 1 -W 2 b")).contains("0 packets received");
      assertThat(a.run("ping -c 1 gateway")).contains("1 packets received");
    }
  }

  @Test
  void machinesReachTheHostAndTheHostReachesThem() throws Exception {
    assumePasst();
    long seed = new Random().nextLong();
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        VirtualNetwork network = VirtualNetwork.open(LAN, folder);
        NetworkedMachine web = boot(network, plugged("web-1"));
        NetworkedMachine db = boot(network, plugged("db"))) {
      Thread.ofVirtual().start(() -> serve(server, bytes));
      web.awaitAddress();
      db.awaitAddress();
      String fetch = "wget -q -O - http://host:" + server.getLocalPort() + "/ | sha256sum";
      assertThat(web.run(fetch)).as("seed %d", seed).startsWith(digest);
      assertThat(db.run(fetch)).as("seed %d", seed).startsWith(digest);

      db.run("mkdir /www; wget -q -O /www/f http://host:" + server.getLocalPort() + "/");
      db.run("httpd -p 80 -h /www");
      int port;
      try (Forward forward = network.forward(ForwardRequest.tcp(0, "db", 80))) {
        port = forward.local().getPort();
        for (int i = 0; i < 3; i++) {
          try (InputStream in =
              URI.create("http://127.0.0.1:" + port + "/f").toURL().openStream()) {
            assertThat(in.readAllBytes()).as("seed %d", seed).isEqualTo(bytes);
          }
        }
      }
      assertThatThrownBy(() -> new Socket("127.0.0.1", port))
          .as("the forward is closed")
          .isInstanceOf(IOException.class);
    }
    assertThat(passtProcesses()).isZero();
  }

  private static void assumePasst() {
    boolean present =
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "passt")));
    Assumptions.assumeTrue(present, "passt is not installed: apt-get install passt");
  }

  private static long passtProcesses() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").contains("passt"))
        .count();
  }

  /** Enough of HTTP for a client that reads to the end. */
  private static void serve(ServerSocket server, byte[] bytes) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        InputStream in = client.getInputStream();
        int newlines = 0;
        for (int value = in.read(); value >= 0 && newlines < 2; ) {
          newlines = value == '\n' ? newlines + 1 : value == '\r' ? newlines : 0;
          value = newlines < 2 ? in.read() : value;
        }
        OutputStream out = client.getOutputStream();
        out.write(
            ("HTTP/1.0 200 OK\r\nContent-Length: " + bytes.length + "\r\n\r\n").getBytes(UTF_8));
        out.write(bytes);
      } catch (IOException e) {
        // The client has gone, or the server has been closed.
      }
    }
  }
}
