package org.javisor.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.HandOverLink;
import org.javisor.host.instance.HandOver;
import org.javisor.host.instance.InstanceStore;
import org.javisor.host.instance.Rehearsal;
import org.javisor.host.instance.TakeOver;
import org.javisor.server.event.EventHub;
import org.javisor.server.event.LifecycleViews;
import org.javisor.server.host.CertificateRoutes;
import org.javisor.server.host.ClusterRoutes;
import org.javisor.server.host.HandOverRoutes;
import org.javisor.server.host.HostRoutes;
import org.javisor.server.host.MigrationRoutes;
import org.javisor.server.host.OperationRoutes;
import org.javisor.server.host.PeerRoutes;
import org.javisor.server.host.ProjectRoutes;
import org.javisor.server.host.ResourceRoutes;
import org.javisor.server.host.WarningRoutes;
import org.javisor.server.http.ApiHandler;
import org.javisor.server.http.Call;
import org.javisor.server.http.Caller;
import org.javisor.server.http.ChangeGate;
import org.javisor.server.http.DocumentRoutes;
import org.javisor.server.http.ErrorAnswers;
import org.javisor.server.http.Pacing;
import org.javisor.server.http.Route;
import org.javisor.server.http.RouteTable;
import org.javisor.server.image.ImageRoutes;
import org.javisor.server.instance.BackupRoutes;
import org.javisor.server.instance.ConsoleRoutes;
import org.javisor.server.instance.ExecRoutes;
import org.javisor.server.instance.FileRoutes;
import org.javisor.server.instance.InstanceMove;
import org.javisor.server.instance.InstanceRoutes;
import org.javisor.server.instance.RunRoutes;
import org.javisor.server.instance.SnapshotRoutes;
import org.javisor.server.metrics.MetricsRoutes;
import org.javisor.server.network.NetworkRoutes;
import org.javisor.server.operation.Operations;
import org.javisor.server.peer.PeerConnections;
import org.javisor.server.peer.PeerStore;
import org.javisor.server.peer.Settlement;
import org.javisor.server.storage.StorageRoutes;
import org.javisor.server.trust.AnyCertificate;
import org.javisor.server.trust.HostCertificate;
import org.javisor.server.trust.TrustStore;
import org.jspecify.annotations.Nullable;

/**
 * The host process: one for a data folder. It owns the instances and serves the API, on a Unix
 * socket that only its user can reach, and with TLS where it is asked to.
 *
 * <p>What one client can take is bounded, so that the others are served on: {@value
 * #MAX_CONNECTIONS} connections at once on each address; 8 KiB of headers; {@link Call#MAX_BODY}
 * bytes of JSON; a body has to come at {@value #MIN_BODY_RATE} bytes a second at least on average,
 * and a connection on which nothing happens ends after two minutes. Whoever waits for something
 * does so on a virtual thread. Listeners for events that do not read, and commands and consoles
 * whose client does not, lose their connection or what they have no room for ({@link EventHub},
 * {@code ConsoleHub}), and nobody waits for them.
 */
public final class HostServer implements AutoCloseable {
  private static final int MAX_THREADS = 64;
  private static final long IDLE_MILLIS = 120_000;
  private static final int MAX_CONNECTIONS = 1000;

  /** How long whoever has started a process to take over has to say so to the other one. */
  private static final Duration TAKE_OVER_PATIENCE = Duration.ofSeconds(60);

  /** How long a process that has handed over has to end. */
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);

  private static final int MIN_BODY_RATE = 64;

  /**
   * What it serves.
   *
   * @param listen where it listens for TLS too, if anywhere
   * @param name what it calls itself
   * @param version of Javisor
   */
  public record Settings(Optional<InetSocketAddress> listen, String name, String version) {}

  private final FileChannel lock;
  private final Path socket;
  private final Server server;
  private final InstanceStore instances;
  private final TrustStore trust;
  private final HostCertificate certificate;
  private final PeerStore peers;
  private final PeerConnections connections;
  private final Settlement settlement;
  private final List<String> addresses = new ArrayList<>();
  private final RouteTable routes;

  private HostServer(
      FileChannel lock,
      InstanceStore instances,
      DataFolder data,
      Host host,
      Settings settings,
      List<TakeOver.Standstill> taken)
      throws Exception {
    Path folder = data.root().resolve("host");
    this.lock = lock;
    this.socket = socket(data.root());
    this.instances = instances;
    certificate = HostCertificate.in(folder);
    trust = new TrustStore(folder.resolve("trust"));
    peers = new PeerStore(folder.resolve("peers"));
    connections = new PeerConnections(certificate);
    server = new Server(threads());
    server.setStopTimeout(0);
    server.setErrorHandler(new ErrorAnswers());
    EventHub events = new EventHub();
    Operations operations =
        new Operations(operation -> events.publish("operation", operation.view()));
    instances.listen(event -> events.publish("lifecycle", LifecycleViews.of(event)));
    listenLocally();
    if (settings.listen().isPresent()) {
      listen(settings.listen().get());
    }
    ChangeGate gate = new ChangeGate();
    List<Route> all = new ArrayList<>();
    routes(data.root(), host, settings, events, operations)
        .forEach(route -> all.add(gate.guard(route)));
    HandOver handOver = new HandOver(instances, data);
    all.addAll(
        new HandOverRoutes(gate, operations, () -> handOver(handOver, data.root()), taken)
            .routes());
    routes = new RouteTable(all);
    ServerWebSocketContainer.ensure(server);
    server.setHandler(new ApiHandler(routes, this::identify, new Pacing(this::anyRuns)));
    server.start();
    settlement = new Settlement(instances.moves(), peers, connections);
  }

  /** The machines are not ours any more: nothing of an orderly end may touch them. */
  private static void handOver(HandOver handOver, Path dataFolder) {
    handOver.run(HandOverLink.socket(dataFolder));
    Runtime.getRuntime().halt(0);
  }

  private List<Route> routes(
      Path folder, Host host, Settings settings, EventHub events, Operations operations) {
    HostRoutes.Description description =
        new HostRoutes.Description(
            settings.name(),
            settings.version(),
            certificate.pem(),
            certificate.fingerprint(),
            addresses);
    ImageRoutes images = new ImageRoutes(host, operations);
    List<Route> all = new ArrayList<>();
    all.addAll(new HostRoutes(description, events, instances.configuration()).routes());
    all.addAll(new DocumentRoutes().routes());
    all.addAll(new MetricsRoutes(instances, operations, events).routes());
    all.addAll(new ResourceRoutes().routes());
    all.addAll(new ProjectRoutes(host, instances).routes());
    all.addAll(new ClusterRoutes().routes());
    all.addAll(new WarningRoutes().routes());
    all.addAll(new StorageRoutes(folder, host, instances).routes());
    all.addAll(new OperationRoutes(operations).routes());
    all.addAll(
        new CertificateRoutes(trust, operations, certificate.fingerprint(), () -> addresses)
            .routes());
    all.addAll(images.routes());
    all.addAll(new PeerRoutes(peers, connections, trust, certificate, () -> addresses).routes());
    all.addAll(
        new MigrationRoutes(instances.moves(), peers, connections, () -> addresses).routes());
    InstanceMove move = new InstanceMove(instances, peers, connections, operations);
    BackupRoutes backups = new BackupRoutes(instances, operations);
    all.addAll(new InstanceRoutes(instances, images, move, backups, operations).routes());
    all.addAll(backups.routes());
    all.addAll(new ConsoleRoutes(instances, operations).routes());
    all.addAll(new ExecRoutes(instances, operations).routes());
    all.addAll(new RunRoutes(host, instances, operations).routes());
    all.addAll(new NetworkRoutes(instances).routes());
    all.addAll(new FileRoutes(instances).routes());
    all.addAll(new SnapshotRoutes(instances, operations).routes());
    return all;
  }

  /** Where the process of a data folder is reached: a path short enough for a Unix socket. */
  public static Path socket(Path dataFolder) {
    return dataFolder.resolve("host").resolve("socket");
  }

  /** Whether a process answers at the socket of this data folder. */
  public static boolean isRunning(Path dataFolder) {
    Path socket = socket(dataFolder);
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Opens the data folder's instances and serves them. Those that start with the host are started.
   *
   * @throws ProblemException if another process serves this folder, or an address cannot be had
   * @throws InterruptedException if interrupted; nothing is left running
   */
  public static HostServer start(DataFolder data, Host host, Settings settings)
      throws InterruptedException {
    try {
      FileChannel lock = lock(data);
      boolean running = false;
      try {
        HostServer started =
            new HostServer(lock, new InstanceStore(host, data), data, host, settings, List.of());
        running = true;
        started.instances.startAll();
        return started;
      } finally {
        if (!running) {
          lock.close();
        }
      }
    } catch (ProblemException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw ProblemException.failed("the host cannot start: " + e.getMessage(), "", e);
    }
  }

  /**
   * Goes on with the machines of the process that serves the data folder, and serves it in that
   * one's place. It waits for {@code POST /1.0/host/handover} there.
   *
   * @throws ProblemException if that process does not hand them over, or they cannot be taken: they
   *     go on there once this process has ended, which it must at once
   * @throws InterruptedException if interrupted; the process must end at once too
   */
  public static HostServer takeOver(DataFolder data, Host host, Settings settings)
      throws InterruptedException {
    makeFolder(data);
    Rehearsal.run(host, data);
    try (HandOverLink link =
        HandOverLink.accept(HandOverLink.socket(data.root()), TAKE_OVER_PATIENCE)) {
      TakeOver takeOver = new TakeOver(host, data, link);
      InstanceStore instances = takeOver.run();
      FileChannel lock = awaitLock(data, takeOver.giver());
      takeOver.settle(instances);
      return new HostServer(lock, instances, data, host, settings, takeOver.standstills());
    } catch (ProblemException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw ProblemException.failed("the host cannot take over: " + e.getMessage(), "", e);
    }
  }

  private static FileChannel awaitLock(DataFolder data, long giver)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + END_PATIENCE.toNanos();
    while (true) {
      try {
        return lock(data);
      } catch (ProblemException e) {
        // It only has to end, and has nothing any more that could be lost.
        if (System.nanoTime() > deadline) {
          ProcessHandle.of(giver).ifPresent(ProcessHandle::destroyForcibly);
        }
        Thread.sleep(2);
      }
    }
  }

  private static Path makeFolder(DataFolder data) {
    Path folder = data.root().resolve("host");
    Path socket = socket(data.root());
    if (socket.toString().length() > UnixDomainServerConnector.MAX_UNIX_DOMAIN_PATH_LENGTH) {
      throw ProblemException.hostLacks(
          "the path " + socket + " is too long for a Unix socket",
          "set JAVISOR_HOME to a shorter one");
    }
    try {
      return Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw ProblemException.failed("the host cannot start: " + e.getMessage(), "", e);
    }
  }

  /** The data folder is this process's from here on. */
  private static FileChannel lock(DataFolder data) throws IOException {
    FileChannel lock =
        FileChannel.open(
            makeFolder(data).resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = lock.tryLock();
    if (held == null) {
      lock.close();
      throw ProblemException.badInput(
          "a host process serves " + data.root() + " already", "stop it: javisor host stop");
    }
    Files.deleteIfExists(socket(data.root()));
    return lock;
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    return threads;
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setMinRequestDataRate(MIN_BODY_RATE);
    // Names in paths come percent-encoded; what they may be is for the routes to say.
    http.setUriCompliance(
        UriCompliance.DEFAULT.with(
            "names",
            UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
            UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
            UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS));
    return http;
  }

  private void listenLocally() {
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, new HttpConnectionFactory(http()));
    connector.setUnixDomainPath(socket);
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
  }

  private void listen(InetSocketAddress address) throws IOException {
    String password = UUID.randomUUID().toString();
    SslContextFactory.Server tls =
        new SslContextFactory.Server() {
          @Override
          protected TrustManager[] getTrustManagers(
              @Nullable KeyStore store, @Nullable Collection<? extends CRL> lists) {
            return new TrustManager[] {new AnyCertificate()};
          }
        };
    tls.setKeyStore(certificate.keyStore(password));
    tls.setKeyStorePassword(password);
    tls.setWantClientAuth(true);
    tls.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    HttpConfiguration http = http();
    http.addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new ServerConnector(
            server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(http));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
    try {
      connector.open(); // Now, so that the port is known and a taken one is told.
    } catch (IOException e) {
      throw ProblemException.badInput(
          "cannot listen at " + address.getHostString() + ":" + address.getPort(),
          String.valueOf(e.getMessage()));
    }
    addresses.add(address.getHostString() + ":" + connector.getLocalPort());
  }

  private boolean anyRuns() {
    return instances.all().stream().anyMatch(instance -> instance.machine().isPresent());
  }

  private Caller identify(Request request) {
    EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
    if (end.getLocalSocketAddress() instanceof UnixDomainSocketAddress) {
      return new Caller(true, "unix", Optional.empty(), Optional.empty(), true);
    }
    if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
            instanceof EndPoint.SslSessionData session
        && session.peerCertificates() != null
        && session.peerCertificates().length > 0) {
      X509Certificate[] chain = session.peerCertificates();
      try {
        String fingerprint = HostCertificate.fingerprint(chain[0]);
        boolean trusted =
            trust
                .find(fingerprint)
                .filter(one -> one.fingerprint().equals(fingerprint))
                .isPresent();
        return new Caller(
            trusted,
            "tls",
            Optional.of(fingerprint),
            Optional.of(Base64.getEncoder().encodeToString(chain[0].getEncoded())),
            false);
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("a certificate without encoding", e);
      }
    }
    return new Caller(false, "tls", Optional.empty(), Optional.empty(), false);
  }

  /** The instances it owns. */
  public InstanceStore instances() {
    return instances;
  }

  /** Where it listens for TLS, as {@code host:port}. */
  public List<String> addresses() {
    return List.copyOf(addresses);
  }

  /** All its routes. */
  public List<Map.Entry<String, String>> routes() {
    return routes.routes().stream().map(route -> Map.entry(route.method(), route.path())).toList();
  }

  /** Waits until it is closed. */
  public void join() throws InterruptedException {
    server.join();
  }

  /** Ends the API, then the machines, which start again with the next host process. */
  @Override
  public void close() {
    settlement.close();
    try {
      server.stop();
    } catch (Exception e) {
      System.getLogger(HostServer.class.getName())
          .log(System.Logger.Level.WARNING, "the API did not end in order", e);
    }
    instances.close();
    try {
      Files.deleteIfExists(socket);
      lock.close();
    } catch (IOException e) {
      System.getLogger(HostServer.class.getName())
          .log(System.Logger.Level.WARNING, "the socket could not be removed", e);
    }
  }
}
