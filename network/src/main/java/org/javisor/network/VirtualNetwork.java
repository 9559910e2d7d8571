package org.javisor.network;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.javisor.network.capture.Capture;
import org.javisor.network.dhcp.AddressException;
import org.javisor.network.dhcp.AddressPool;
import org.javisor.network.dhcp.DhcpServer;
import org.javisor.network.dhcp.Lease;
import org.javisor.network.dns.DnsForwarder;
import org.javisor.network.dns.DnsServer;
import org.javisor.network.dns.DnsZone;
import org.javisor.network.dns.ResolverList;
import org.javisor.network.ethernet.AnycastGateway;
import org.javisor.network.ethernet.EthernetSwitch;
import org.javisor.network.ethernet.PortMetrics;
import org.javisor.network.ethernet.PortPolicy;
import org.javisor.network.ethernet.PortRefusedException;
import org.javisor.network.ethernet.SwitchConfiguration;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.forward.Forward;
import org.javisor.network.gateway.Gateway;
import org.javisor.network.nat.Station;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.passt.PasstConfiguration;
import org.javisor.network.passt.PasstUplink;
import org.javisor.network.relay.TcpForward;
import org.javisor.network.relay.UdpForward;
import org.javisor.network.tap.TapConfiguration;
import org.javisor.network.tap.TapUplink;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.network.vxlan.TunnelEndpoint;
import org.javisor.network.vxlan.VxlanSockets;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network of machines: a switch, addresses and names for who is plugged in, and a way to
 * everywhere else. What has to be remembered is in a folder, from which the network can be opened
 * again. Safe from any thread.
 */
public final class VirtualNetwork implements AutoCloseable {
  /** What captures and metrics call the port of the tunnel; no machine can have this name. */
  public static final String TUNNEL = "(tunnel)";

  private static final String GATEWAY = "gateway";
  private static final String HOST = "host";

  private volatile NetworkConfiguration configuration;
  private final AddressPool pool;
  private final EthernetSwitch lan;
  private final Gateway gateway;
  private final ConcurrentHashMap<String, MachinePort> machines = new ConcurrentHashMap<>();
  private final Set<Capture> captures = ConcurrentHashMap.newKeySet();
  private final Set<Forward> forwards = ConcurrentHashMap.newKeySet();
  private final @Nullable PasstUplink passt;
  private final VxlanSockets sockets;
  private @Nullable TunnelEndpoint tunnel;
  private final Map<TapConfiguration, TapUplink> taps = new HashMap<>();
  private boolean closed;

  private VirtualNetwork(NetworkConfiguration configuration, AddressPool pool, VxlanSockets sockets)
      throws PortRefusedException, IOException, InterruptedException {
    this.configuration = configuration;
    this.pool = pool;
    pool.setRanges(configuration.ranges());
    this.sockets = sockets;
    lan = new EthernetSwitch(SwitchConfiguration.of(configuration.mtu()), System::nanoTime);
    MacAddress mac = gatewayMac(configuration.gateway());
    SwitchPort port = lan.connect(GATEWAY, PortPolicy.trusted(mac));
    boolean routed = configuration.uplink() != NetworkConfiguration.UplinkKind.NONE;
    DhcpServer.Settings settings =
        new DhcpServer.Settings(
            configuration.subnet(),
            configuration.gateway(),
            configuration
                .router()
                .or(() -> routed ? Optional.of(configuration.gateway()) : Optional.empty()),
            configuration.domainName(),
            configuration.mtu());
    gateway =
        new Gateway(
            new Gateway.Place(
                configuration.subnet(),
                configuration.gateway(),
                mac,
                configuration.mtu(),
                routed ? Optional.of(configuration.host()) : Optional.empty()),
            port,
            new DhcpServer(settings, pool),
            new DnsServer(new Names(), new DnsForwarder(ResolverList.ofHost()::get)));
    passt = routed ? startPasst(mac) : null;
    if (passt != null) {
      gateway.routeTo(passt);
    }
  }

  private PasstUplink startPasst(MacAddress mac) throws IOException, InterruptedException {
    boolean started = false;
    try {
      PasstUplink uplink =
          new PasstUplink(
              new PasstConfiguration(
                  configuration.subnet(),
                  configuration.gateway(),
                  configuration.host(),
                  configuration.hostAccess(),
                  mac,
                  configuration.mtu()),
              gateway);
      started = true;
      return uplink;
    } finally {
      if (!started) {
        gateway.close();
      }
    }
  }

  /**
   * Opens a network, the first time or again.
   *
   * @param folder its own; made if it is not there
   * @throws NetworkException if that is not possible
   * @throws InterruptedException if interrupted; nothing is left
   */
  public static VirtualNetwork open(NetworkConfiguration configuration, Path folder)
      throws NetworkException, InterruptedException {
    return open(configuration, folder, new VxlanSockets());
  }

  /**
   * As {@link #open(NetworkConfiguration, Path)}; its tunnel shares sockets with others.
   *
   * @param sockets of all networks of this host
   */
  public static VirtualNetwork open(
      NetworkConfiguration configuration, Path folder, VxlanSockets sockets)
      throws NetworkException, InterruptedException {
    try {
      Files.createDirectories(folder);
      AddressPool pool =
          AddressPool.open(
              configuration.subnet(),
              reserved(configuration),
              folder.resolve("leases"),
              InstantSource.system());
      return new VirtualNetwork(configuration, pool, sockets);
    } catch (IOException | PortRefusedException e) {
      throw new NetworkException(
          "the network " + configuration.name() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static Set<Ipv4Address> reserved(NetworkConfiguration configuration) {
    Set<Ipv4Address> addresses = new HashSet<>();
    addresses.add(configuration.gateway());
    addresses.add(configuration.host());
    configuration.router().ifPresent(addresses::add);
    return addresses;
  }

  /** Locally administered, and the same at each start, so that machines that know it find it. */
  private static MacAddress gatewayMac(Ipv4Address address) {
    return new MacAddress(0x02_4a_0000_0000L | (address.bits() & 0xffff_ffffL));
  }

  /** An Ethernet address for a machine, of the range that nobody is assigned. */
  public static MacAddress randomMac() {
    return new MacAddress(0x5254_0000_0000L | (new SecureRandom().nextInt() & 0xffff_ffffL));
  }

  /** How it was made. */
  public NetworkConfiguration configuration() {
    return configuration;
  }

  /**
   * Plugs a machine in, and announces it to the other hosts if the network has any. The address
   * that is reserved for it can be read at once.
   *
   * @throws NetworkException if the machine is plugged in already, its addresses are another's, or
   *     there are no more
   */
  public synchronized MachinePort attach(PortRequest request) throws NetworkException {
    MachinePort port = expect(request);
    port.open();
    if (tunnel != null) {
      // It may have been on another host when it was on last.
      port.announce();
    }
    return port;
  }

  /**
   * Reserves a port for a machine that is still on another host of this network: from now on nobody
   * else gets its name and addresses here, but nothing goes through the port, and frames for the
   * machine go where it is, until {@link MachinePort#arrive}.
   *
   * @throws NetworkException as {@link #attach} does
   */
  public synchronized MachinePort expect(PortRequest request) throws NetworkException {
    requireOpen();
    String name = request.machine().toLowerCase(Locale.ROOT);
    if (machines.containsKey(name)) {
      throw new NetworkException(
          request.machine() + " is on the network " + configuration.name() + " already");
    }
    for (MachinePort other : machines.values()) {
      if (other.mac().equals(request.mac())) {
        throw new NetworkException(
            "%s cannot join the network %s: the Ethernet address %s is that of %s"
                .formatted(
                    request.machine(), configuration.name(), request.mac(), other.machine()));
      }
    }
    try {
      Lease lease = pool.reserve(name, request.mac(), request.address());
      PortPolicy policy =
          new PortPolicy(
              Optional.of(request.mac()),
              Optional.of(lease.address()),
              request.spoofProtection(),
              request.isolated() || configuration.isolated(),
              PortPolicy.STATIONS,
              request.send(),
              request.receive(),
              PortPolicy.FLOODS_PER_SECOND);
      MachinePort[] made = new MachinePort[1];
      made[0] =
          new MachinePort(
              name,
              request.mac(),
              lease.address(),
              configuration.subnet().prefix(),
              configuration.mtu(),
              lan.reserve(name, policy),
              () -> machines.remove(name, made[0]));
      machines.put(name, made[0]);
      return made[0];
    } catch (AddressException | PortRefusedException | IOException e) {
      throw new NetworkException(
          request.machine()
              + " cannot join the network "
              + configuration.name()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private void requireOpen() throws NetworkException {
    if (closed) {
      throw new NetworkException("the network " + configuration.name() + " is closed");
    }
  }

  /**
   * Frees the address of a machine that is no more.
   *
   * @throws NetworkException if the machine is plugged in, or the file cannot be written
   */
  public synchronized void forget(String machine) throws NetworkException {
    String name = machine.toLowerCase(Locale.ROOT);
    if (machines.containsKey(name)) {
      throw new NetworkException(machine + " is still on the network " + configuration.name());
    }
    try {
      pool.forget(name);
    } catch (IOException e) {
      throw new NetworkException("the leases cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Frees the addresses of machines that are no more: all that are not plugged in and not known.
   *
   * @param known whether there is a machine of that name, in lower case
   * @throws NetworkException if the file cannot be written
   */
  public synchronized void keep(Predicate<String> known) throws NetworkException {
    try {
      pool.keep(name -> machines.containsKey(name) || known.test(name));
    } catch (IOException e) {
      throw new NetworkException("the leases cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Leads a port of the host to a port of a machine, until the forward or the network is closed.
   *
   * @throws NetworkException if the machine is not plugged in, the host's port is in use, or
   *     connections have no way into the network
   */
  public synchronized Forward forward(ForwardRequest request) throws NetworkException {
    requireOpen();
    MachinePort machine = machines.get(request.machine().toLowerCase(Locale.ROOT));
    if (machine == null) {
      throw new NetworkException(
          request.machine() + " is not on the network " + configuration.name());
    }
    Station station = new Station(machine.mac().bits(), machine.address().bits());
    Forward[] made = new Forward[1];
    Runnable whenClosed = () -> forwards.remove(made[0]);
    try {
      made[0] =
          switch (request.protocol()) {
            case TCP ->
                new TcpForward(request.local(), connector(station, request.port()), whenClosed);
            case UDP ->
                new UdpForward(
                    request.local(),
                    gateway,
                    station,
                    request.port(),
                    configuration.mtu(),
                    whenClosed);
          };
      forwards.add(made[0]);
      return made[0];
    } catch (IOException e) {
      throw new NetworkException(
          "the host cannot listen at "
              + request.local().getAddress().getHostAddress()
              + " port "
              + request.local().getPort()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private TcpForward.Connector connector(Station station, int port) throws NetworkException {
    PasstUplink way = passt;
    if (way == null) {
      throw new NetworkException(
          "the network "
              + configuration.name()
              + " has no uplink, through which connections from the host would come: use passt");
    }
    return () -> way.connect(station, port);
  }

  /**
   * Writes the frames at the port of a machine, or at all ports, until the capture or the network
   * is closed.
   *
   * @param machine its name, or {@code gateway}; without one, all
   * @param out gets pcapng, and is closed in the end
   * @throws NetworkException if there is no such port, or nothing can be written
   */
  public synchronized Capture capture(Optional<String> machine, OutputStream out)
      throws NetworkException {
    requireOpen();
    Optional<String> name = machine.map(given -> given.toLowerCase(Locale.ROOT));
    if (name.isPresent()
        && lan.ports().stream().noneMatch(port -> port.name().equals(name.get()))) {
      throw new NetworkException(machine.get() + " is not on the network " + configuration.name());
    }
    Capture[] made = new Capture[1];
    try {
      made[0] =
          new Capture(
              new BufferedOutputStream(out, 1 << 16),
              port -> name.isEmpty() || port.name().equals(name.get()),
              lan.ports(),
              () -> {
                lan.removeTap(made[0]);
                captures.remove(made[0]);
              });
    } catch (IOException e) {
      throw new NetworkException("the capture cannot be written: " + e.getMessage(), e);
    }
    captures.add(made[0]);
    lan.addTap(made[0]);
    return made[0];
  }

  /** Who has which address: machines, plugged in or not, and others that have asked for one. */
  public List<Lease> leases() {
    return pool.leases();
  }

  /** From now on addresses for machines are taken from these; see the configuration. */
  public synchronized void setRanges(List<Ipv4Range> ranges) {
    configuration = configuration.withRanges(ranges);
    pool.setRanges(ranges);
  }

  /**
   * Reserves the address of a machine that comes from another host of this network, before it is
   * expected or plugged in here.
   *
   * @param address what it has there, which need not be in the ranges of this host
   * @throws NetworkException if one of them is somebody else's, or it cannot be written down; then
   *     nothing has changed
   */
  public synchronized void adopt(String machine, MacAddress mac, Ipv4Address address)
      throws NetworkException {
    requireOpen();
    try {
      pool.adopt(machine.toLowerCase(Locale.ROOT), mac, address);
    } catch (AddressException | IOException e) {
      throw new NetworkException(
          machine + " cannot come to the network " + configuration.name() + ": " + e.getMessage(),
          e);
    }
  }

  /**
   * Lets go of the address of a machine that is on another host of this network from now on. If it
   * is of this host's ranges, nobody else gets it, until the machine comes back or {@link
   * #forgetAway}.
   *
   * @throws NetworkException if the machine is plugged in, or the file cannot be written
   */
  public synchronized void letGo(String machine) throws NetworkException {
    String name = machine.toLowerCase(Locale.ROOT);
    if (machines.containsKey(name)) {
      throw new NetworkException(machine + " is still on the network " + configuration.name());
    }
    try {
      pool.letGo(name);
    } catch (IOException e) {
      throw new NetworkException("the leases cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Frees the address that is kept for a machine on another host, which is no more.
   *
   * @throws NetworkException if the file cannot be written
   */
  public synchronized void forgetAway(MacAddress mac) throws NetworkException {
    try {
      pool.forgetAway(mac);
    } catch (IOException e) {
      throw new NetworkException("the leases cannot be written: " + e.getMessage(), e);
    }
  }

  /** The addresses of this host that machines on other hosts have. */
  public List<Lease> away() {
    return pool.away();
  }

  /**
   * Spans the network over other hosts from now on, in another way than before, or no more. Other
   * peers are put in force without a gap; machines stay plugged in, whose MTU should leave room for
   * {@link TunnelEndpoint#overhead}.
   *
   * @param wanted nothing for this host alone
   * @throws NetworkException if the host cannot listen there; then the tunnel is as before
   */
  public synchronized void span(Optional<TunnelConfiguration> wanted) throws NetworkException {
    requireOpen();
    TunnelEndpoint before = tunnel;
    if (before != null
        && wanted.isPresent()
        && wanted.get().withPeers(List.of()).equals(before.configuration().withPeers(List.of()))) {
      before.setPeers(wanted.get().peers());
      return;
    }
    if (before != null) {
      before.close();
      tunnel = null;
    }
    try {
      tunnel = wanted.isPresent() ? tunnel(wanted.get()) : null;
    } catch (NetworkException e) {
      if (before != null) {
        tunnel = tunnel(before.configuration());
      }
      throw e;
    }
  }

  private TunnelEndpoint tunnel(TunnelConfiguration wanted) throws NetworkException {
    SwitchPort port = null;
    try {
      port = lan.connect(TUNNEL, TunnelEndpoint.policy());
      return new TunnelEndpoint(wanted, anycast(), port, sockets, System::nanoTime);
    } catch (IOException | PortRefusedException e) {
      if (port != null) {
        port.close();
      }
      throw new NetworkException(
          "the network " + configuration.name() + " has no tunnel: " + e.getMessage(), e);
    }
  }

  /**
   * Joins the network with interfaces of the kernel from now on, with others than before, or with
   * none any more; those that stay, and machines, are not disturbed.
   *
   * @throws NetworkException if one is not to be had; then all others are as wanted
   */
  public synchronized void join(List<TapConfiguration> wanted) throws NetworkException {
    requireOpen();
    for (TapConfiguration before : Set.copyOf(taps.keySet())) {
      if (!wanted.contains(before)) {
        Objects.requireNonNull(taps.remove(before)).close();
      }
    }
    for (TapConfiguration one : wanted) {
      if (!taps.containsKey(one)) {
        taps.put(one, tap(one));
      }
    }
  }

  private TapUplink tap(TapConfiguration wanted) throws NetworkException {
    SwitchPort port = null;
    try {
      port = lan.connect("(" + wanted.name() + ")", TapUplink.policy());
      return new TapUplink(wanted, configuration.mtu(), anycast(), port);
    } catch (IOException | PortRefusedException e) {
      if (port != null) {
        port.close();
      }
      throw new NetworkException(
          "the network " + configuration.name() + " has no uplink: " + e.getMessage(), e);
    }
  }

  private AnycastGateway anycast() {
    return new AnycastGateway(
        gatewayMac(configuration.gateway()), configuration.gateway(), configuration.host());
  }

  /** The end of its tunnel, if it spans other hosts. */
  public synchronized Optional<TunnelEndpoint> tunnel() {
    return Optional.ofNullable(tunnel);
  }

  /** Who is plugged in or expected, in lower case. */
  public Set<String> machines() {
    return Set.copyOf(machines.keySet());
  }

  /** What has happened at each port, by name; the gateway's is {@code gateway}. */
  public Map<String, PortMetrics.Snapshot> metrics() {
    Map<String, PortMetrics.Snapshot> snapshots = new TreeMap<>();
    for (SwitchPort port : lan.ports()) {
      snapshots.put(port.name(), port.metrics().snapshot());
    }
    return snapshots;
  }

  /** Unplugs everyone; leases stay in the folder. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List.copyOf(forwards).forEach(Forward::close);
    List.copyOf(captures).forEach(Capture::close);
    if (passt != null) {
      passt.close();
    }
    for (MachinePort port : machines.values()) {
      port.close();
    }
    if (tunnel != null) {
      tunnel.close();
    }
    taps.values().forEach(TapUplink::close);
    gateway.close();
  }

  /**
   * The names of who is plugged in, of the gateway and of the host, and of machines that have gone
   * from here to other hosts. Of others there, nobody here knows.
   */
  private final class Names implements DnsZone {
    @Override
    public String domain() {
      return configuration.domainName();
    }

    @Override
    public Optional<Ipv4Address> find(String machine) {
      MachinePort port = machines.get(machine);
      if (port != null) {
        return Optional.of(port.address());
      }
      return switch (machine) {
        case GATEWAY -> Optional.of(configuration.gateway());
        case HOST -> reachesHost() ? Optional.of(configuration.host()) : Optional.empty();
        default ->
            pool.away().stream()
                .filter(lease -> lease.machine().equals(Optional.of(machine)))
                .map(Lease::address)
                .findFirst();
      };
    }

    private boolean reachesHost() {
      return configuration.hostAccess() && passt != null;
    }

    @Override
    public boolean owns(Ipv4Address address) {
      return configuration.subnet().contains(address);
    }

    @Override
    public Optional<String> name(Ipv4Address address) {
      if (address.equals(configuration.gateway())) {
        return Optional.of(GATEWAY);
      }
      if (reachesHost() && address.equals(configuration.host())) {
        return Optional.of(HOST);
      }
      Optional<String> gone =
          pool.away().stream()
              .filter(lease -> lease.address().equals(address))
              .findFirst()
              .flatMap(Lease::machine);
      return gone.isPresent()
          ? gone
          : pool.at(address).flatMap(Lease::machine).filter(machines::containsKey);
    }
  }
}
