package org.javisor.host.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.javisor.host.FolderRemoval;
import org.javisor.host.JsonFile;
import org.javisor.host.ProblemException;
import org.javisor.network.MachinePort;
import org.javisor.network.NetworkConfiguration;
import org.javisor.network.NetworkException;
import org.javisor.network.PortRequest;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.network.vxlan.VxlanSockets;
import org.javisor.storage.store.DurableRename;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * All networks of a host, a folder each under {@code networks/}. A network runs from the moment
 * that the first instance is plugged in; the one called {@link #DEFAULT} is made when it is needed.
 * Safe from any thread.
 */
public final class NetworkStore implements AutoCloseable {
  /** The network of instances that name no other. */
  public static final String DEFAULT = "default";

  private static final String FILE = "network.json";
  private static final int SUBNET_TRIES = 1000;

  private final Path folder;
  private final Predicate<String> instances;
  private final Map<String, NetworkRecord> records = new ConcurrentSkipListMap<>();
  private final Map<String, VirtualNetwork> open = new ConcurrentSkipListMap<>();
  private final SecureRandom random = new SecureRandom();
  private final VxlanSockets sockets = new VxlanSockets();
  private boolean listening;

  /**
   * The networks that are kept in this folder; none runs yet, and none has a tunnel before {@link
   * #listen}.
   *
   * @param instances whether there is an instance of that name, in lower case; addresses of others
   *     are free
   * @throws IOException if it cannot be read
   */
  public NetworkStore(Path folder, Predicate<String> instances) throws IOException {
    this.instances = instances;
    this.folder = Files.createDirectories(folder);
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path one : folders.toList()) {
        String name = String.valueOf(one.getFileName());
        if (name.startsWith(".")) {
          FolderRemoval.remove(one);
        } else if (Files.exists(one.resolve(FILE))) {
          records.put(name, read(one.resolve(FILE)));
        }
      }
    }
  }

  private static NetworkRecord read(Path file) throws IOException {
    try {
      return JsonFile.read(file, NetworkRecord.class);
    } catch (JacksonException e) {
      throw new IOException(file + " cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Opens the tunnels and joins interfaces, now and of each network that is started. Not before:
   * another process may still have them, which is about to hand over its machines.
   */
  public synchronized void listen() {
    listening = true;
    open.forEach(
        (name, network) -> {
          NetworkRecord record = get(name);
          warn(() -> network.span(record.tunnel()));
          warn(() -> network.join(record.interfaces()));
        });
  }

  /** Something that a network can go without. */
  @FunctionalInterface
  private interface Step {
    void run() throws NetworkException;
  }

  private static void warn(Step step) {
    try {
      step.run();
    } catch (NetworkException e) {
      // Its machines go on, and reach each other.
      System.getLogger(NetworkStore.class.getName())
          .log(System.Logger.Level.WARNING, String.valueOf(e.getMessage()));
    }
  }

  /** All networks, by name. */
  public Map<String, NetworkRecord> all() {
    return Map.copyOf(records);
  }

  /**
   * The network of this name.
   *
   * @throws UnknownNetworkException if there is none
   */
  public NetworkRecord get(String name) {
    NetworkRecord network = records.get(name);
    if (network == null) {
      throw new UnknownNetworkException(name);
    }
    return network;
  }

  /** The network itself, if it runs. */
  public Optional<VirtualNetwork> running(String name) {
    return Optional.ofNullable(open.get(name));
  }

  /**
   * Makes a network. Without a subnet it gets one that no other has.
   *
   * @throws ProblemException if the name is taken or not possible, or a key or value is not
   */
  public synchronized NetworkRecord create(String name, NetworkRecord wanted) {
    NetworkRecord.checkName(name);
    if (records.containsKey(name)) {
      throw ProblemException.badInput(
          "a network is called " + name + " already", "choose another name, or delete that one");
    }
    NetworkRecord network =
        wanted.wantsSubnet() ? wanted.with(NetworkRecord.ADDRESS, freeSubnet()) : wanted;
    network.configuration(name);
    requireOwnTunnel(name, network);
    write(name, network);
    records.put(name, network);
    return network;
  }

  /** Networks that share a socket are told apart by nothing but the identifier. */
  private void requireOwnTunnel(String name, NetworkRecord wanted) {
    Optional<TunnelConfiguration> tunnel = wanted.tunnel().map(NetworkStore::end);
    records.forEach(
        (other, network) -> {
          if (tunnel.isPresent()
              && !other.equals(name)
              && network.tunnel().map(NetworkStore::end).equals(tunnel)) {
            throw ProblemException.badInput(
                "the network " + other + " has tunnels with the same id at the same place",
                "give these another tunnel.NAME.id");
          }
        });
  }

  private static TunnelConfiguration end(TunnelConfiguration tunnel) {
    return tunnel.withPeers(List.of());
  }

  /**
   * Changes a network. While instances are plugged in, its tunnels, its ranges of addresses and the
   * interfaces it is joined with can be changed, at once and without a gap, and nothing else.
   *
   * @throws ProblemException if something else is to change while one is, or a key or value is not
   *     possible; then nothing has changed
   */
  public synchronized void update(String name, NetworkRecord wanted) throws InterruptedException {
    NetworkRecord before = get(name);
    NetworkRecord network =
        wanted.wantsSubnet()
            ? wanted.with(
                NetworkRecord.ADDRESS, before.config().getOrDefault(NetworkRecord.ADDRESS, ""))
            : wanted;
    NetworkConfiguration configuration = network.configuration(name);
    requireOwnTunnel(name, network);
    VirtualNetwork running = open.get(name);
    if (running != null && sameButForRanges(configuration, before.configuration(name))) {
      change(running, before, network);
      running.setRanges(configuration.ranges());
    } else {
      requireSameMtu(running, configuration);
      shut(name);
    }
    write(name, network);
    records.put(name, network);
  }

  private static boolean sameButForRanges(NetworkConfiguration one, NetworkConfiguration other) {
    return one.withRanges(List.of()).equals(other.withRanges(List.of()));
  }

  private void change(VirtualNetwork running, NetworkRecord before, NetworkRecord wanted) {
    if (listening) {
      try {
        running.join(wanted.interfaces());
        running.span(wanted.tunnel());
      } catch (NetworkException e) {
        warn(() -> running.join(before.interfaces()));
        throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
      }
    }
  }

  /** Who adds a tunnel has not asked for another MTU, and would not know what is wrong. */
  private static void requireSameMtu(
      @Nullable VirtualNetwork running, NetworkConfiguration wanted) {
    if (running != null
        && !running.machines().isEmpty()
        && running.configuration().mtu() != wanted.mtu()) {
      throw ProblemException.badInput(
          "the MTU of the network "
              + wanted.name()
              + " cannot become "
              + wanted.mtu()
              + " while instances are on it",
          "stop them first, or say bridge.mtu=" + running.configuration().mtu());
    }
  }

  /**
   * Removes a network.
   *
   * @throws ProblemException if an instance is plugged in
   */
  public synchronized void delete(String name) {
    get(name);
    shut(name);
    try {
      Path going = folder.resolve(".gone-" + name + "-" + System.nanoTime());
      DurableRename.move(folder.resolve(name), going);
      records.remove(name);
      FolderRemoval.remove(going);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void shut(String name) {
    VirtualNetwork network = open.get(name);
    if (network == null) {
      return;
    }
    List<String> machines = network.machines().stream().sorted().toList();
    if (!machines.isEmpty()) {
      throw ProblemException.badInput(
          "instances are on the network " + name + ": " + String.join(", ", machines),
          "stop them first");
    }
    open.remove(name);
    network.close();
  }

  private String freeSubnet() {
    Set<Ipv4Subnet> taken = new HashSet<>();
    records.forEach((name, network) -> taken.add(network.configuration(name).subnet()));
    for (int i = 0; i < SUBNET_TRIES; i++) {
      String subnet = "10." + (random.nextInt(200) + 20) + "." + random.nextInt(256) + ".0/24";
      if (taken.stream().noneMatch(other -> other.contains(Ipv4Subnet.parse(subnet).address(1)))) {
        return subnet;
      }
    }
    throw ProblemException.failed("no subnet is free", "name one: ipv4.address", null);
  }

  private void write(String name, NetworkRecord network) {
    try {
      Path place = folder.resolve(name);
      if (Files.isDirectory(place)) {
        JsonFile.write(place.resolve(FILE), network);
        return;
      }
      Path fresh = Files.createTempDirectory(folder, ".new-");
      JsonFile.write(fresh.resolve(FILE), network);
      DurableRename.move(fresh, place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Plugs an instance in; the network is started if it does not run.
   *
   * @throws UnknownNetworkException if there is no such network
   * @throws ProblemException if the instance cannot be plugged in
   */
  public synchronized MachinePort attach(String name, PortRequest request)
      throws InterruptedException {
    try {
      return start(name).attach(request);
    } catch (NetworkException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  /**
   * Reserves a port for an instance that is on another host of the network and is to come here,
   * with the address it has there; the network is started if it does not run. See {@link
   * VirtualNetwork#adopt} and {@link VirtualNetwork#expect}.
   *
   * @throws UnknownNetworkException if there is no such network
   * @throws ProblemException if the address or the port is not to be had; nothing is reserved then
   */
  public synchronized MachinePort expect(String name, PortRequest request, Ipv4Address address)
      throws InterruptedException {
    try {
      VirtualNetwork network = start(name);
      network.adopt(request.machine(), request.mac(), address);
      try {
        return network.expect(request);
      } catch (NetworkException e) {
        network.letGo(request.machine());
        throw e;
      }
    } catch (NetworkException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  /**
   * Lets go of the address of an instance that is on another host from now on, or that did not come
   * here after all; see {@link VirtualNetwork#letGo}.
   *
   * @throws UnknownNetworkException if there is no such network
   * @throws ProblemException if it is plugged in here, or that cannot be written down
   */
  public synchronized void letGo(String name, String machine) throws InterruptedException {
    try {
      start(name).letGo(machine);
    } catch (NetworkException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  private VirtualNetwork start(String name) throws NetworkException, InterruptedException {
    VirtualNetwork running = open.get(name);
    if (running != null) {
      return running;
    }
    if (name.equals(DEFAULT) && !records.containsKey(DEFAULT)) {
      create(DEFAULT, new NetworkRecord(NetworkRecord.VERSION, "", Map.of()));
    }
    NetworkConfiguration configuration = get(name).configuration(name);
    Path leases = folder.resolve(name);
    VirtualNetwork started;
    try {
      started = VirtualNetwork.open(configuration, leases, sockets);
    } catch (NetworkException e) {
      if (configuration.uplink() == NetworkConfiguration.UplinkKind.NONE) {
        throw e;
      }
      // Machines that reach each other are better than none.
      System.getLogger(NetworkStore.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "the network {0} has no way out: {1}",
              name,
              e.getMessage());
      started =
          VirtualNetwork.open(
              configuration.withUplink(NetworkConfiguration.UplinkKind.NONE), leases, sockets);
    }
    boolean spanned = false;
    try {
      if (listening) {
        started.span(get(name).tunnel());
        started.join(get(name).interfaces());
      }
      spanned = true;
    } finally {
      if (!spanned) {
        started.close();
      }
    }
    open.put(name, started);
    started.keep(instances);
    return started;
  }

  /** Gives up the address that was reserved for an instance. */
  public synchronized void forget(String machine) {
    for (VirtualNetwork network : open.values()) {
      try {
        network.forget(machine);
      } catch (NetworkException e) {
        System.getLogger(NetworkStore.class.getName())
            .log(System.Logger.Level.DEBUG, "the address of {0} stays reserved", machine);
      }
    }
  }

  /** Ends all networks. */
  @Override
  public synchronized void close() {
    open.values().forEach(VirtualNetwork::close);
    open.clear();
  }
}
