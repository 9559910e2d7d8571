package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.javisor.host.FolderRemoval;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cluster of {@code examples/cluster.yaml}, with real servers in its Debian machines. */
@Tag("long")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ClusterIT {
  private static final Path EXAMPLE = Path.of("..", "examples", "cluster.yaml");

  private Path home = Path.of("");
  private JavisorProcess javisor = JavisorProcess.withSharedImages();

  @BeforeEach
  void open() throws Exception {
    // The name of its socket has to be short.
    home = Files.createTempDirectory("jv");
    javisor = JavisorProcess.withSharedImages(home, "debian");
  }

  @AfterEach
  void close() throws Exception {
    javisor.run("host", "stop", "--force");
    FolderRemoval.remove(home);
  }

  private Outcome done(String... arguments) throws Exception {
    return javisor.done(arguments);
  }

  private static String page(int port) throws IOException {
    try (InputStream page = URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
      return new String(page.readAllBytes(), UTF_8);
    }
  }

  private void requireServices(int port, int hostPort) throws Exception {
    assertThat(page(port)).isEqualTo("This is web\n");
    assertThat(done("exec", "client", "--", "ping", "-c", "2", "web").text())
        .contains(" 0% packet loss");
    assertThat(done("exec", "web", "--", "ping", "-c", "2", "peer.site.internal").text())
        .contains(" 0% packet loss");
    JsonNode transfer =
        JsonMapper.shared()
            .readTree(
                done("exec", "client", "--", "iperf3", "-c", "peer", "-t", "3", "--json").output());
    assertThat(transfer.at("/end/sum_received/bytes").asLong()).isPositive();
    // bash's way to a TCP connection: Debian's base system has no client of its own.
    String outgoing = "exec 3<>/dev/tcp/host/" + hostPort + "; cat <&3";
    assertThat(done("exec", "client", "--", "bash", "-c", outgoing).text())
        .isEqualTo("a server on the host\n");
  }

  @Test
  void itsServersWorkAlsoAfterAnUpgradeAndACrash() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/passt")), "passt is not installed");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Path file = home.resolve("cluster.yaml");
    Files.writeString(
        file,
        Files.readString(EXAMPLE)
            .replace("8090:80", port + ":80")
            .replace(
                "subnet: 10.43.0.0/24",
                "subnet: 10.43.0.0/24, config: {javisor.host_access: 'true'}")
            .replace("memory:", "restart: always\n    memory:"));
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> greet(server));
      assertThat(done("up", file.toString()).text()).contains("web ", "peer ", "client ");
      requireServices(port, server.getLocalPort());

      long before = javisor.hostProcess().orElseThrow().pid();
      done("host", "upgrade");
      assertThat(javisor.hostProcess().orElseThrow().pid()).isNotEqualTo(before);
      requireServices(port, server.getLocalPort());

      ProcessHandle killed = javisor.hostProcess().orElseThrow();
      assertThat(killed.destroyForcibly()).isTrue();
      killed.onExit().get();
      done("host", "start");
      done("exec", "peer", "--", "systemctl", "is-system-running", "--wait");
      done("exec", "web", "--", "systemctl", "is-system-running", "--wait");
      requireServices(port, server.getLocalPort());
    }
    Optional<ProcessHandle> host = javisor.hostProcess();
    done("down", file.toString());
    assertThat(host.map(ProcessHandle::isAlive)).contains(false);
    try (Stream<Path> machines = Files.list(home.resolve("machines"))) {
      assertThat(machines).isEmpty();
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      assertThat(all.map(one -> one.info().commandLine().orElse("")))
          .noneMatch(command -> command.contains(home.toString()));
    }
  }

  private static void greet(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept();
          OutputStream output = client.getOutputStream()) {
        output.write("a server on the host\n".getBytes(UTF_8));
      } catch (IOException e) {
        // The test has ended, or a client did.
      }
    }
  }
}
