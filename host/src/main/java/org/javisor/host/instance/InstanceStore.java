package org.javisor.host.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.JsonFile;
import org.javisor.host.KeptMachine;
import org.javisor.host.ProblemException;
import org.javisor.host.admission.Admission;
import org.javisor.host.admission.HostConfiguration;
import org.javisor.host.admission.HostResources;
import org.javisor.host.network.NetworkStore;
import org.javisor.host.scheduling.ProcessorShares;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.image.Progress;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * All instances of a host. An instance is there from the moment its folder has its name until the
 * moment it has lost it, whatever dies in between: what is half made or half removed has another
 * name, and is removed when the store is opened.
 */
public final class InstanceStore implements AutoCloseable {
  private static final String FILE = "instance.json";

  private final Host host;
  private final DataFolder data;
  private final NetworkStore networks;
  private final Map<String, HostedInstance> instances = new ConcurrentSkipListMap<>();
  private final ProcessorShares processors = new ProcessorShares();
  private final HostConfiguration configuration;
  private final Admission admission;
  private final Moves moves;
  private volatile boolean open = true;
  private volatile @Nullable SnapshotExpiry expiry;
  private final List<Consumer<LifecycleEvent>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Opens what is kept in the data folder. Nothing is started.
   *
   * @throws IOException if the folder cannot be read
   */
  public InstanceStore(Host host, DataFolder data) throws IOException {
    this(host, data, true);
  }

  /**
   * As the other one.
   *
   * @param alone whether no other process has machines of the folder, so that what half-made things
   *     there are were left by one that was killed
   */
  InstanceStore(Host host, DataFolder data, boolean alone) throws IOException {
    this.host = host;
    this.data = data;
    this.networks = new NetworkStore(data.root().resolve("networks"), this::isCalled);
    this.configuration = new HostConfiguration(data.root().resolve("host").resolve("config.json"));
    this.admission = new Admission(HostResources.ofThisHost(), configuration::limits);
    this.moves = new Moves(this, host, data);
    for (Path folder : data.machineFolders()) {
      if (moves.isHere(folder)) {
        open(folder);
      }
    }
    if (alone) {
      networks.listen();
      removeLeftovers();
    }
  }

  /**
   * Removes what another process has left: of snapshots of instances that are off, and of runs in
   * the foreground.
   */
  void removeLeftovers() throws IOException {
    endForeground();
    for (HostedInstance instance : all()) {
      if (instance.damage().isEmpty() && instance.machine().isEmpty()) {
        instance.removeLeftovers();
      }
    }
  }

  private void endForeground() {
    all().stream()
        .filter(HostedInstance::isForeground)
        .forEach(instance -> ForegroundRun.deleteNow(this, instance));
  }

  private void open(Path folder) throws IOException {
    String name = String.valueOf(folder.getFileName());
    Optional<KeptMachine> image;
    InstanceConfig config = InstanceConfig.of(Files.getLastModifiedTime(folder).toInstant());
    Optional<String> damage = Optional.empty();
    try {
      image = KeptMachine.read(folder);
      config = read(folder).orElse(config);
    } catch (IOException | RuntimeException e) {
      // The others are none the worse for it.
      image = Optional.of(KeptMachine.UNKNOWN);
      damage = Optional.of("what is kept of " + name + " cannot be read: " + e.getMessage());
      System.getLogger(InstanceStore.class.getName())
          .log(System.Logger.Level.WARNING, damage.get());
    }
    if (image.isPresent()) {
      HostedInstance instance =
          new HostedInstance(host, this, folder, name, image.get(), config, damage);
      instances.put(name, instance);
    }
  }

  /** The instances that leave this host or come to it. */
  public Moves moves() {
    return moves;
  }

  /** An instance that has come is there from now on. */
  void adopt(HostedInstance instance, String reason) {
    instances.put(instance.name(), instance);
    tell("instance-migrated", instance.name(), reason);
  }

  /** An instance whose machine was lost on its way is there from now on, and boots. */
  void arrived(Path folder) throws IOException, InterruptedException {
    open(folder);
    HostedInstance instance = get(String.valueOf(folder.getFileName()));
    if (instance.startsWithHost()) {
      instance.start();
    }
  }

  /** An instance is another host's from now on. */
  void departed(HostedInstance instance) {
    instances.remove(instance.name(), instance);
    Optional<String> network = Cabling.networkOf(instance.config().expandedDevices());
    if (network.isPresent()) {
      try {
        networks.letGo(network.get(), instance.name());
      } catch (RuntimeException e) {
        warn(instance.name(), e); // Its address is kept for it, which does no harm.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    tell("instance-deleted", instance.name(), "another host has it now");
  }

  /** What the host is configured with. */
  public HostConfiguration configuration() {
    return configuration;
  }

  /** Who decides whether an instance may start. */
  Admission admission() {
    return admission;
  }

  /** The networks that instances are plugged into. */
  public NetworkStore networks() {
    return networks;
  }

  /** From now on it hears of what happens; it does not block. */
  public void listen(Consumer<LifecycleEvent> listener) {
    listeners.add(listener);
  }

  /**
   * Starts the instances that start with the host, those of a higher {@code
   * boot.autostart.priority} first; one that cannot is told of and left off. From now on snapshots
   * past their time are deleted.
   */
  public void startAll() throws InterruptedException {
    expiry = new SnapshotExpiry(this);
    List<HostedInstance> starting =
        all().stream()
            .filter(HostedInstance::startsWithHost)
            .sorted(Comparator.comparingInt(HostedInstance::startPriority).reversed())
            .toList();
    for (HostedInstance instance : starting) {
      try {
        instance.start();
        Thread.sleep(instance.startDelay());
      } catch (RuntimeException e) {
        warn(instance.name(), e);
      }
    }
  }

  void warn(String instance, RuntimeException problem) {
    boolean known = problem instanceof ProblemException;
    System.getLogger(InstanceStore.class.getName())
        .log(
            System.Logger.Level.WARNING,
            instance + ": " + problem.getMessage(),
            known ? null : problem);
  }

  /** All instances, by name. */
  public List<HostedInstance> all() {
    return List.copyOf(instances.values());
  }

  /**
   * The instance of this name.
   *
   * @throws UnknownInstanceException if there is none
   */
  public HostedInstance get(String name) {
    HostedInstance instance = instances.get(name);
    if (instance == null) {
      throw new UnknownInstanceException(name);
    }
    return instance;
  }

  /** The instance of this name, if there is one. */
  public Optional<HostedInstance> find(String name) {
    return Optional.ofNullable(instances.get(name));
  }

  /**
   * Creates an instance, switched off. The image is made first if it is not here.
   *
   * @throws ProblemException if the name is taken or not possible, or a key or value is not
   * @throws InterruptedException if interrupted; nothing is left
   */
  public HostedInstance create(String name, String image, InstanceConfig config, Progress progress)
      throws InterruptedException {
    InstanceSettings.of(config).spec(name, image); // Checked before anything is downloaded.
    requireFree(name);
    KeptMachine machine =
        Host.explained(() -> KeptMachine.of(host.images().obtain(image, progress)));
    return create(name, machine, config);
  }

  /**
   * Creates an instance of files that are here, switched off.
   *
   * @throws ProblemException if the name is taken or not possible, or a key or value is not
   * @throws InterruptedException if interrupted; nothing is left
   */
  HostedInstance create(String name, KeptMachine machine, InstanceConfig config)
      throws InterruptedException {
    InstanceSettings.of(config).spec(name, machine.image());
    return make(name, machine, config, fresh -> {});
  }

  /** Makes the folder of an instance, with what else is to be in it, and the instance. */
  private HostedInstance make(
      String name, KeptMachine machine, InstanceConfig config, DataFolder.Filling more)
      throws InterruptedException {
    HostedInstance instance =
        Host.explained(
            () -> {
              Path folder =
                  data.createMachine(
                      name,
                      fresh -> {
                        machine.write(fresh);
                        write(fresh, config);
                        more.fill(fresh);
                      });
              return new HostedInstance(
                  host, this, folder, name, machine, config, Optional.empty());
            });
    instances.put(name, instance);
    tell("instance-created", name, "");
    return instance;
  }

  /**
   * Makes an instance of a snapshot of another one. Of a stateful snapshot with {@code live} it is
   * started at once where the snapshot was taken, with the memory that both share until they write
   * to it, with its own network address, host name and fresh random numbers; else it is off.
   *
   * @throws ProblemException if the name is taken or not possible
   * @throws UnknownSnapshotException if there is no such snapshot
   */
  public HostedInstance copy(
      HostedInstance source, String snapshot, String name, InstanceConfig config, boolean live)
      throws InterruptedException {
    InstanceSnapshot known = source.snapshot(snapshot);
    InstanceSettings.of(config).spec(name, source.image().image());
    requireFree(name);
    if (live && !known.stateful()) {
      throw ProblemException.badInput(
          "the snapshot " + snapshot + " has no state to go on with", "take one with --stateful");
    }
    HostedInstance copy =
        make(name, source.image(), config, fresh -> fork(source, snapshot, fresh));
    if (live) {
      copy.startAs(CloneIdentity.named(name), source.memory(snapshot));
    }
    return copy;
  }

  private static void fork(HostedInstance source, String snapshot, Path folder) throws IOException {
    try {
      source.forkDisk(snapshot, folder);
    } catch (InterruptedException e) {
      throw new ClosedByInterruptException();
    }
  }

  /**
   * Deletes an instance with all that is kept of it.
   *
   * @throws ProblemException if it is on, or another process uses it
   */
  public void delete(HostedInstance instance) throws InterruptedException {
    Host.explained(
        () -> {
          instance.retire(
              () -> {
                data.removeMachine(instance.name());
                instances.remove(instance.name(), instance);
                networks.forget(instance.name());
              });
          return instance;
        });
    tell("instance-deleted", instance.name(), "");
  }

  /**
   * Gives an instance that is off another name.
   *
   * @return the instance under its new name; the old object is of no use any more
   * @throws ProblemException if it is on, or the name is taken or not possible
   */
  public HostedInstance rename(HostedInstance instance, String name) throws InterruptedException {
    InstanceSettings.of(instance.config()).spec(name, instance.image().image());
    requireFree(name);
    HostedInstance renamed =
        Host.explained(
            () -> {
              HostedInstance[] result = new HostedInstance[1];
              instance.retire(
                  () -> {
                    Path folder = data.renameMachine(instance.name(), name);
                    result[0] =
                        new HostedInstance(
                            host,
                            this,
                            folder,
                            name,
                            instance.image(),
                            instance.config(),
                            instance.damage());
                    instances.put(name, result[0]);
                    instances.remove(instance.name(), instance);
                  });
              return result[0];
            });
    tell("instance-renamed", name, "was " + instance.name());
    return renamed;
  }

  private boolean isCalled(String lowerCase) {
    return instances.keySet().stream()
        .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals(lowerCase));
  }

  void requireFree(String name) {
    if (instances.containsKey(name)) {
      throw ProblemException.badInput(
          "an instance is called " + name + " already", "choose another name, or delete that one");
    }
  }

  void tell(String action, String instance, String reason) {
    LifecycleEvent event = new LifecycleEvent(action, instance, Instant.now(), reason);
    listeners.forEach(listener -> listener.accept(event));
  }

  void write(Path folder, InstanceConfig config) {
    try {
      JsonFile.write(folder.resolve(FILE), config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is kept of an instance; one that {@code run --name} has made has no such file. */
  private static Optional<InstanceConfig> read(Path folder) throws IOException {
    try {
      return Optional.of(JsonFile.read(folder.resolve(FILE), InstanceConfig.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw new IOException(folder.resolve(FILE) + ": " + e.getOriginalMessage(), e);
    }
  }

  /** Among whom the host's processors are shared out. */
  ProcessorShares processors() {
    return processors;
  }

  boolean isOpen() {
    return open;
  }

  /** Nothing starts any more once the host process ends. */
  void requireOpen() {
    if (!open) {
      throw ProblemException.failed("the host process ends", "start it again", null);
    }
  }

  /**
   * Ends all machines, those first whose guests can be asked to shut down; those that are on start
   * again when the store is opened the next time.
   */
  @Override
  public void close() {
    open = false;
    SnapshotExpiry expiring = expiry;
    if (expiring != null) {
      expiring.close();
    }
    List<Thread> drains =
        all().stream()
            .map(instance -> Thread.ofVirtual().name("drain").start(instance::drain))
            .toList();
    boolean interrupted = false;
    for (Thread drain : drains) {
      while (drain.isAlive()) {
        try {
          drain.join();
        } catch (InterruptedException e) {
          // Whoever has no patience kills the process; nothing is lost by that.
          interrupted = true;
        }
      }
    }
    endForeground();
    moves.close();
    networks.close();
    processors.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
