package org.javisor.host.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.KeptMachine;
import org.javisor.host.MachineSpec;
import org.javisor.host.NetworkCard;
import org.javisor.host.ProblemException;
import org.javisor.host.RestoredSpec;
import org.javisor.host.admission.Admission;
import org.javisor.host.agent.AgentException;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.host.scheduling.ProcessorShares;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.host.snapshot.GuestAdjustment;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.machine.Machine;
import org.javisor.machine.StopReason;
import org.javisor.network.MachinePort;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * One instance: what is kept of it on disk, and its machine while it is on.
 *
 * <p>Changes of the life cycle run one at a time, and wait for each other. What is asked of an
 * instance that it cannot do as it is ends with a {@link ProblemException} and changes nothing.
 */
public final class HostedInstance {
  /** The word of a kernel command line that gives a machine its name (systemd-hostnamed(8)). */
  private static final String HOST_NAME_WORD = "systemd.hostname=";

  /** Where the address of its card is remembered. */
  private static final String ADDRESS_KEY = "volatile.eth0.hwaddr";

  /** "For ever", in a length of time that can be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final Host host;
  private final InstanceStore store;
  private final Path folder;
  private final String name;
  private final KeptMachine image;
  private final ConsoleHub console;
  private final InstanceSnapshots snapshots;
  private final FolderSize size;

  /** Held while the life cycle changes. */
  private final ReentrantLock transition = new ReentrantLock();

  private final RestartDelay restartDelay = new RestartDelay();

  /** Why it can neither start nor change: what is kept of it cannot be read. */
  private final Optional<String> damage;

  private volatile InstanceConfig config;
  private volatile InstanceStatus status = InstanceStatus.STOPPED;
  private volatile @Nullable Instance machine;
  private volatile @Nullable GuestAgent agent;
  private volatile @Nullable Cabling cabling;
  private ProcessorShares.@Nullable Place place;
  private Admission.@Nullable Seat seat;
  private volatile @Nullable Instant startedAt;
  private volatile boolean stopAsked;
  private volatile boolean draining;

  /** The thread that starts it again after a while, if it is waiting for that. */
  private @Nullable Thread restart;

  private boolean gone;

  HostedInstance(
      Host host,
      InstanceStore store,
      Path folder,
      String name,
      KeptMachine image,
      InstanceConfig config,
      Optional<String> damage) {
    this.host = host;
    this.store = store;
    this.folder = folder;
    this.name = name;
    this.image = image;
    this.config = config;
    this.damage = damage;
    this.status = damage.isPresent() ? InstanceStatus.ERROR : InstanceStatus.STOPPED;
    this.size = new FolderSize(folder);
    this.console = new ConsoleHub(folder.resolve("console.log"));
    this.snapshots = new InstanceSnapshots(host, name, folder.resolve("snapshots"));
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** What it was made from. */
  public KeptMachine image() {
    return image;
  }

  /** What it is to be. */
  public InstanceConfig config() {
    return config;
  }

  /** How it is. */
  public InstanceStatus status() {
    return status;
  }

  /** When its machine was powered on, if it is on. */
  public Optional<Instant> startedAt() {
    return Optional.ofNullable(startedAt);
  }

  /** Its serial console. */
  public ConsoleHub console() {
    return console;
  }

  /** The folder with all that is kept of it. */
  public Path folder() {
    return folder;
  }

  /** Bytes that the files in its folder take on the host, as of a second ago. */
  public long diskBytes() {
    return size.bytes();
  }

  /** Its machine, if it is on. */
  public Optional<Instance> machine() {
    return Optional.ofNullable(machine);
  }

  /**
   * Its machine.
   *
   * @throws ProblemException if it is off
   */
  public Instance requireMachine() {
    Instance running = machine;
    if (running == null) {
      throw ProblemException.badInput(
          "the instance " + name + " is not running", "start it: javisor start " + name);
    }
    return running;
  }

  /**
   * The way to its guest's agent.
   *
   * @throws ProblemException if it is off, or has none
   */
  public GuestAgent requireAgent() {
    if (isForeground()) {
      throw ProblemException.badInput(
          "the instance " + name + " is the machine of a javisor run, which has no agent",
          "to end it: javisor stop --force " + name);
    }
    GuestAgent way = agent;
    if (way == null) {
      requireMachine();
      throw ProblemException.failed("the instance " + name + " is just stopping", "", null);
    }
    return way;
  }

  /** The way to its guest's agent, if it is on and one listens. */
  public Optional<GuestAgent> agent() {
    return Optional.ofNullable(agent).filter(GuestAgent::isConnected);
  }

  /**
   * Powers on.
   *
   * @throws ProblemException if it is on already, or cannot be built as it is configured
   * @throws InterruptedException if interrupted; it is off then
   */
  public void start() throws InterruptedException {
    transition.lockInterruptibly();
    try {
      requireThere();
      if (status.isOn()) {
        throw ProblemException.badInput("the instance " + name + " is already running", "");
      }
      cancelRestart();
      powerOn();
      rememberOn();
    } finally {
      transition.unlock();
    }
    store.tell("instance-started", name, "");
  }

  /** Builds the machine of a run in the foreground. */
  interface ForegroundBuilder {
    Instance build(Host host, MachineSpec spec, NetworkCard card) throws InterruptedException;
  }

  /**
   * Powers on for a run in the foreground. That it is on is not remembered: it ends with this
   * process.
   *
   * @return its machine
   */
  Instance startInForeground(ForegroundBuilder builder) throws InterruptedException {
    transition.lockInterruptibly();
    Instance started;
    try {
      requireThere();
      powerOn(
          (settings, way, card) -> builder.build(host, settings.spec(name, image.image()), card));
      started = requireMachine();
    } finally {
      transition.unlock();
    }
    store.tell("instance-started", name, "");
    return started;
  }

  /** Whether it is there for a run in the foreground alone. */
  boolean isForeground() {
    return ForegroundRun.owns(config);
  }

  private void rememberOn() {
    try {
      remember(config.withPowered(true));
    } catch (RuntimeException e) {
      // Whoever is told that the start failed finds it off.
      release(requireMachine());
      throw e;
    }
  }

  private void powerOn() throws InterruptedException {
    powerOn(
        (settings, way, card) -> {
          prepareSeed();
          return host.build(
              settings.spec(name, image.image()), way.ports(), HOST_NAME_WORD + name, card);
        });
  }

  /** Not for a machine that is handed over: it goes on with the disks it has. */
  private void prepareSeed() {
    CloudInitSeed.prepare(folder, name, config.expandedConfig());
  }

  /** Builds the machine: to boot, or to go on from a snapshot. */
  private interface Builder {
    Instance build(InstanceSettings settings, GuestAgent way, NetworkCard card)
        throws InterruptedException;
  }

  private void powerOn(Builder builder) throws InterruptedException {
    prepare(builder);
    switchOn();
  }

  /** Has everything that the machine needs, and the machine; it is not on yet. */
  private void prepare(Builder builder) throws InterruptedException {
    requireSound();
    InstanceStatus before = status;
    status = InstanceStatus.STARTING;
    boolean prepared = false;
    try {
      store.requireOpen();
      InstanceSettings settings = InstanceSettings.of(config);
      seat =
          store.admission().admit(name, settings.cpus(), settings.memory().orElse(image.memory()));
      GuestAgent way = new GuestAgent();
      Cabling plugged = cabling;
      if (plugged == null) {
        plugged = Cabling.of(store.networks(), name, config.expandedDevices(), address());
        cabling = plugged;
      }
      Instance built = builder.build(settings, way, plugged.card());
      stopAsked = false;
      agent = way;
      machine = built;
      built.showConsole(console);
      RunningChange.limit(built, settings.diskLimits());
      prepared = true;
    } finally {
      if (!prepared) {
        undo();
        status = before;
      }
    }
  }

  private void switchOn() {
    Instance built = requireMachine();
    boolean on = false;
    try {
      startedAt = Instant.now();
      built.start();
      place = store.processors().join(built.board().machine(), InstanceSettings.of(config).claim());
      status = InstanceStatus.RUNNING;
      Thread.ofVirtual().name("watch " + name).start(() -> watch(built));
      on = true;
    } finally {
      if (!on) {
        undo();
        status = InstanceStatus.STOPPED;
      }
    }
  }

  private void undo() {
    Instance built = machine;
    if (built != null) {
      release(built);
    }
    unplug();
    leave();
  }

  /** Waits for the machine's end, whoever wanted it, and cleans up after it. */
  private void watch(Instance running) {
    try {
      StopReason reason = running.awaitStop();
      running.awaitConsoleWritten();
      ended(running, reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended(Instance running, StopReason reason) throws InterruptedException {
    transition.lock();
    try {
      if (machine != running) {
        return; // Whoever stopped it has cleaned up already.
      }
      Duration ran =
          Duration.between(Objects.requireNonNullElseGet(startedAt, Instant::now), Instant.now());
      release(running);
      if (draining) {
        return; // It was on, and is again when there is a host process again.
      }
      store.tell("instance-shutdown", name, words(reason));
      if (!stopAsked && shallRestart(reason)) {
        restartAfter(restartDelay.after(ran));
      } else {
        rememberOff();
      }
    } finally {
      transition.unlock();
    }
  }

  /** What ends with being off is deleted; the rest stays off. */
  private void rememberOff() throws InterruptedException {
    if (config.ephemeral()) {
      store.delete(this);
    } else if (config.powered()) {
      remember(config.withPowered(false));
    }
  }

  /** Until then it is off, and counts as one that is on: for a crash of the host process too. */
  private void restartAfter(Duration delay) {
    restart =
        Thread.ofVirtual()
            .name("restart " + name)
            .start(
                () -> {
                  try {
                    Thread.sleep(delay);
                    restartNow();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  private void restartNow() throws InterruptedException {
    transition.lockInterruptibly();
    try {
      if (restart != Thread.currentThread()) {
        return; // Somebody has stopped, started, renamed or deleted it meanwhile.
      }
      restart = null;
      try {
        powerOn();
      } catch (ProblemException e) {
        if (store.isOpen()) {
          store.warn(name, e);
          restartAfter(restartDelay.after(Duration.ZERO));
        }
        return;
      }
      store.tell("instance-started", name, "restarted by its policy");
    } finally {
      transition.unlock();
    }
  }

  /** It is not to be started again; false if it was not to be anyway. */
  private boolean cancelRestart() {
    Thread waiting = restart;
    restart = null;
    if (waiting != null) {
      waiting.interrupt();
    }
    restartDelay.forget();
    return waiting != null;
  }

  /** The address of its card, which it keeps. */
  private MacAddress address() {
    String known = config.config().getOrDefault(ADDRESS_KEY, "");
    if (!known.isEmpty()) {
      return MacAddress.parse(known);
    }
    MacAddress fresh = VirtualNetwork.randomMac();
    remember(config.with(ADDRESS_KEY, fresh.toString()));
    return fresh;
  }

  /** Its port of a network, if it is on and on one. */
  public Optional<MachinePort> networkPort() {
    return Optional.ofNullable(cabling).flatMap(Cabling::port);
  }

  private void unplug() {
    Cabling plugged = cabling;
    cabling = null;
    if (plugged != null) {
      plugged.close();
    }
  }

  private void leave() {
    Admission.Seat admitted = seat;
    seat = null;
    if (admitted != null) {
      admitted.close();
    }
  }

  private void release(Instance running) {
    ProcessorShares.Place taken = place;
    if (taken != null) {
      taken.close();
    }
    place = null;
    running.close();
    unplug();
    leave();
    GuestAgent way = agent;
    if (way != null) {
      way.close();
    }
    agent = null;
    machine = null;
    startedAt = null;
    status = InstanceStatus.STOPPED;
    try {
      console.release();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean shallRestart(StopReason reason) {
    return switch (InstanceSettings.of(config).restart()) {
      case NO -> false;
      case ON_FAILURE ->
          !(reason instanceof StopReason.PoweredOff) && !(reason instanceof StopReason.Killed);
      case ALWAYS -> !(reason instanceof StopReason.Killed);
    };
  }

  private static String words(StopReason reason) {
    return switch (reason) {
      case StopReason.PoweredOff off -> "the guest shut down";
      case StopReason.GuestFailed failed -> "the guest said that it had failed";
      case StopReason.GuestReset reset -> "the guest restarted";
      case StopReason.Killed killed -> "switched off";
      case StopReason.MonitorFailed failed -> "a bug in javisor: " + failed.cause();
    };
  }

  /**
   * Pulls the plug. One that is to be started again by its policy is not any more.
   *
   * @throws ProblemException if it is off
   */
  public void powerOff() throws InterruptedException {
    transition.lockInterruptibly();
    try {
      if (!cancelRestart()) {
        Instance running = requireMachine();
        stopAsked = true;
        release(running);
      }
      store.tell("instance-stopped", name, "switched off");
      rememberOff();
    } finally {
      transition.unlock();
    }
  }

  /**
   * Asks the guest to shut down and waits until it has.
   *
   * @throws ProblemException if it is off, cannot be asked, or has not shut down in that time; it
   *     runs on then
   */
  public void shutDown(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + Math.min(timeout.toNanos(), LONGEST.toNanos());
    GuestAgent way = requireAgent();
    Instance running = requireMachine();
    if (status == InstanceStatus.FROZEN) {
      throw ProblemException.badInput(
          "the instance " + name + " is paused", "resume it first, or pull its plug: --force");
    }
    if (!way.await(Duration.ofNanos(deadline - System.nanoTime()))) {
      throw ProblemException.failed(
          "no agent in the guest of " + name + " answers that could shut it down",
          "wait until it has booted, or pull its plug: --force",
          null);
    }
    stopAsked = true;
    status = InstanceStatus.STOPPING;
    boolean ended = false;
    try {
      way.shutdown(GuestAgent.Shutdown.POWER_OFF);
      ended =
          running.awaitStop(Duration.ofNanos(Math.max(1, deadline - System.nanoTime()))) != null;
    } catch (AgentException e) {
      throw ProblemException.failed(
          "the guest of " + name + " does not shut down: " + e.getMessage(),
          "pull its plug: --force",
          e);
    } finally {
      if (!ended && machine == running) {
        stopAsked = false;
        status = InstanceStatus.RUNNING;
      }
    }
    if (!ended) {
      throw ProblemException.failed(
          "the guest of " + name + " has not shut down in time", "pull its plug: --force", null);
    }
    ended(running, new StopReason.PoweredOff());
  }

  /**
   * Ends the machine because the host process ends; it starts again with the host. A guest that can
   * be asked to shut down is, and has as long for it as its configuration says.
   */
  void drain() {
    draining = true;
    try {
      if (status == InstanceStatus.RUNNING && agent().isPresent()) {
        shutDown(InstanceSettings.of(config).shutdownTimeout());
      }
    } catch (ProblemException e) {
      store.warn(name, e); // Or it has ended by itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      release();
    }
  }

  private void release() {
    transition.lock();
    try {
      cancelRestart();
      Instance running = machine;
      if (running != null) {
        release(running);
      }
    } finally {
      transition.unlock();
    }
  }

  /** Whether it is off, but waits to be started again by its policy. */
  boolean awaitsRestart() {
    transition.lock();
    try {
      return restart != null;
    } finally {
      transition.unlock();
    }
  }

  /**
   * Stops its machine, if it is on, for another process to go on with. Until {@link #keep}, called
   * by the same thread, nothing changes it.
   *
   * @throws ProblemException if it cannot be handed over; it is to be kept then
   */
  Optional<MachineTransfer> handOver() {
    transition.lock();
    Instance running = machine;
    if (running == null) {
      return Optional.empty();
    }
    try {
      long began = System.nanoTime();
      running.pause();
      running.awaitConsoleWritten();
      console.release();
      return Optional.of(
          running.handOver(
              name,
              status == InstanceStatus.FROZEN,
              Objects.requireNonNullElseGet(startedAt, Instant::now).toEpochMilli(),
              began));
    } catch (IOException | IllegalStateException e) {
      throw ProblemException.failed(
          "the instance " + name + " cannot be handed over: " + e.getMessage(), "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.failed("interrupted", "", e);
    }
  }

  /**
   * Goes on with its machine after {@link #handOver}, as if nothing had been.
   *
   * @return how long it stood still; empty if it did not run
   * @throws IOException if another process has its disk
   */
  Optional<Duration> keep(long stoodAt) throws IOException {
    Instance running = machine;
    if (running == null) {
      return Optional.empty();
    }
    running.takeBack();
    if (status == InstanceStatus.FROZEN) {
      return Optional.empty();
    }
    running.resume();
    return Optional.of(Duration.ofNanos(System.nanoTime() - stoodAt));
  }

  /** Ends what {@link #handOver} began. */
  void letGo() {
    transition.unlock();
  }

  /** Plugs it in for a machine that another process is about to hand over. */
  void expect() throws InterruptedException {
    cabling = Cabling.silent(store.networks(), name, config.expandedDevices(), address());
  }

  /**
   * Plugs it in for a machine that is about to come from another host.
   *
   * @param there its address there, if it is on a network
   */
  void expectFrom(Optional<Ipv4Address> there) throws InterruptedException {
    cabling =
        there.isPresent()
            ? Cabling.expecting(
                store.networks(), name, config.expandedDevices(), address(), there.get())
            : Cabling.silent(store.networks(), name, config.expandedDevices(), address());
  }

  /** Builds its machine, which another process hands over; it is paused. */
  void takeOver(MachineTransfer transfer) throws InterruptedException {
    transition.lockInterruptibly();
    try {
      powerOn((settings, way, card) -> host.takeOver(transfer, way.ports(), card));
      startedAt = Instant.ofEpochMilli(transfer.startedAt());
      status = InstanceStatus.FROZEN;
    } finally {
      transition.unlock();
    }
  }

  /**
   * Lets the machine that was taken over go on, if it is to.
   *
   * @return how long it stood still
   */
  Duration goOn(MachineTransfer transfer) {
    transition.lock();
    try {
      if (!transfer.paused()) {
        requireMachine().resume();
        status = InstanceStatus.RUNNING;
      }
      return Duration.ofNanos(System.nanoTime() - transfer.stoodAt());
    } finally {
      transition.unlock();
    }
  }

  /**
   * Takes it out of all else, for a move to another host, until {@link #endMove} by the same
   * thread: whoever wants to change it waits.
   *
   * @throws ProblemException if it is off, or has what cannot be moved
   */
  Instance beginMove() throws InterruptedException {
    Instance running = beginExport();
    boolean ready = false;
    try {
      if (!snapshots().isEmpty()) {
        throw ProblemException.badInput(
            "the instance " + name + " has snapshots, which stay where they are",
            "delete them, or copy them first");
      }
      if (!backups().all().isEmpty()) {
        throw ProblemException.badInput(
            "the instance " + name + " has backups, which stay where they are",
            "export them to files, and delete them");
      }
      ready = true;
      return running;
    } finally {
      if (!ready) {
        endMove();
      }
    }
  }

  /**
   * The same for writing it to a file.
   *
   * @throws ProblemException if it is off
   */
  Instance beginExport() throws InterruptedException {
    transition.lockInterruptibly();
    boolean ready = false;
    try {
      requireThere();
      Instance running = requireMachine();
      if (isForeground()) {
        throw ProblemException.badInput(
            "the instance " + name + " is the machine of a javisor run, which ends where it began",
            "wait for its end");
      }
      ready = true;
      return running;
    } finally {
      if (!ready) {
        transition.unlock();
      }
    }
  }

  /** Its machine in files. */
  public Backups backups() {
    return new Backups(this);
  }

  /** Whether somebody has paused it. */
  boolean isPaused() {
    return status == InstanceStatus.FROZEN;
  }

  /** Denies it so many percent of its processor time while it moves. */
  void slowDown(int percent) {
    ProcessorShares.Place taken = place;
    if (taken != null) {
      taken.change(
          InstanceSettings.of(config)
              .claim()
              .slowedDown(requireMachine().hardware().cpus(), percent));
    }
  }

  /** Lets its machine run on, unless it has ended. */
  void goOnIfOn() {
    Instance running = machine;
    if (running != null && running.board().machine().phase() == Machine.Phase.PAUSED) {
      running.resume();
    }
  }

  /** Gives back what was set aside for a machine that does not come. */
  void abandon() {
    transition.lock();
    try {
      undo();
    } finally {
      transition.unlock();
    }
  }

  /** Takes it off its network, before another host puts it there. */
  void disconnect() {
    unplug();
  }

  /** Lets go of its machine, which is another host's now. */
  void depart() {
    stopAsked = true;
    gone = true;
    Instance running = machine;
    if (running != null) {
      release(running);
    }
  }

  /** Ends what {@link #beginMove} or {@link #beginExport} began. */
  void endMove() {
    transition.unlock();
  }

  /**
   * Builds its machine, which comes from another host, after {@link #expectFrom}.
   *
   * @param hardware as it has it there; files as they are called here
   * @param state of clock, devices and vCPUs; asked for when {@link #stand} is called
   */
  Instance expect(MachineTransfer.Hardware hardware, Supplier<byte[]> state)
      throws InterruptedException {
    transition.lockInterruptibly();
    try {
      prepare(
          (settings, way, card) -> host.arrive(name, hardware, image, way.ports(), card, state));
      return requireMachine();
    } finally {
      transition.unlock();
    }
  }

  /** Gives the machine that has come its state; it stands still. */
  void stand() throws InterruptedException {
    transition.lockInterruptibly();
    try {
      switchOn();
      status = InstanceStatus.FROZEN;
    } finally {
      transition.unlock();
    }
  }

  /** Lets the machine that has come go on, unless it is to stay paused. */
  void arrive(boolean paused) {
    transition.lock();
    try {
      Cabling plugged = cabling;
      if (plugged != null) {
        plugged.arrive();
      }
      if (!paused) {
        requireMachine().resume();
        status = InstanceStatus.RUNNING;
      }
    } finally {
      transition.unlock();
    }
  }

  /** Begins all that had to wait until the process is gone that handed it over. */
  void settle() {
    Cabling plugged = cabling;
    if (plugged != null) {
      try {
        plugged.listen();
      } catch (ProblemException e) {
        store.warn(name, e);
      }
    }
    if (status == InstanceStatus.RUNNING) {
      adjustClock();
    }
  }

  /**
   * Stops its world: vCPUs, devices and clock.
   *
   * @throws ProblemException if it is off or paused already
   */
  public void pause() throws InterruptedException {
    change(InstanceStatus.RUNNING, InstanceStatus.FROZEN, Machine::pause);
    store.tell("instance-paused", name, "");
  }

  /**
   * Lets it go on.
   *
   * @throws ProblemException if it is not paused
   */
  public void resume() throws InterruptedException {
    change(InstanceStatus.FROZEN, InstanceStatus.RUNNING, Machine::resume);
    adjustClock();
    store.tell("instance-resumed", name, "");
  }

  private interface Change {
    void apply(Machine machine);
  }

  private void change(InstanceStatus from, InstanceStatus to, Change change)
      throws InterruptedException {
    transition.lockInterruptibly();
    try {
      Instance running = requireMachine();
      if (status != from) {
        throw ProblemException.badInput(
            "the instance " + name + " is " + status.word().toLowerCase(java.util.Locale.ROOT),
            "it has to be " + from.word().toLowerCase(java.util.Locale.ROOT) + " for this");
      }
      try {
        change.apply(running.board().machine());
      } catch (IllegalStateException e) {
        throw ProblemException.failed("the instance " + name + " has just ended", "", e);
      }
      status = to;
    } finally {
      transition.unlock();
    }
  }

  /**
   * Changes what it is to be. Keys that a running machine cannot change take effect at its next
   * start.
   *
   * @return what waits for the next start, in words for people
   * @throws ProblemException if a key or value is not possible; nothing is changed then
   */
  public List<String> update(UnaryOperator<InstanceConfig> change) throws InterruptedException {
    List<String> later = List.of();
    transition.lockInterruptibly();
    try {
      requireThere();
      requireSound();
      InstanceConfig changed = change.apply(config);
      InstanceSettings settings = InstanceSettings.of(changed);
      RunningChange running =
          new RunningChange(host, name, image, InstanceSettings.of(config), settings);
      running.prepare(Optional.ofNullable(machine));
      remember(changed);
      Instance on = machine;
      if (on != null) {
        later = running.apply(on, Optional.ofNullable(cabling));
        if (running.grows() && agent != null) {
          RootGrowth.begin(name, agent);
        }
      }
      ProcessorShares.Place taken = place;
      if (taken != null) {
        taken.change(settings.claim());
      }
    } finally {
      transition.unlock();
    }
    store.tell("instance-updated", name, String.join("; ", later));
    return later;
  }

  /** Its snapshots, by name. */
  public Map<String, InstanceSnapshot> snapshots() throws InterruptedException {
    return Host.explained(() -> snapshots.store().all());
  }

  /**
   * The snapshot of this name.
   *
   * @throws UnknownSnapshotException if there is none
   */
  public InstanceSnapshot snapshot(String snapshot) throws InterruptedException {
    return Host.explained(() -> snapshots.store().get(snapshot));
  }

  /**
   * Takes a snapshot: of configuration and disk, and of memory and devices too if it is stateful. A
   * machine that runs goes on.
   *
   * @param expiresAt when it is to be deleted, if it is
   * @throws ProblemException if there is one of that name, or state is wanted of an instance that
   *     is off
   */
  public InstanceSnapshot takeSnapshot(
      String snapshot, boolean stateful, Optional<Instant> expiresAt) throws InterruptedException {
    InstanceSnapshot taken =
        locked(
            () ->
                snapshots.take(
                    snapshot, stateful, expiresAt, Optional.ofNullable(machine), config));
    store.tell("instance-snapshot-created", name, snapshot);
    return taken;
  }

  /**
   * Goes back to a snapshot, which stays. With a stateful one a machine goes on from there at once;
   * with another one it boots again if it was on.
   *
   * @param stateful whether an instance that is off is started from the state of a stateful
   *     snapshot
   * @throws UnknownSnapshotException if there is none
   */
  public void restore(String snapshot, boolean stateful) throws InterruptedException {
    locked(
        () -> {
          InstanceSnapshot known = snapshots.store().get(snapshot);
          Instance running = machine;
          boolean withState = known.stateful() && (stateful || running != null);
          if (withState) {
            // Checked before anything is given up.
            snapshots.memory(snapshot);
          }
          if (withState && running != null) {
            running.restore(snapshots.memory(snapshot));
          } else {
            if (running != null) {
              stopAsked = true;
              running.powerOff();
              release(running);
            }
            if (!withState) {
              snapshots.restoreDisk(known);
            }
          }
          remember(known.config().withPowered(running != null || withState));
          if (withState && running == null) {
            goOnFrom(snapshots.memory(snapshot), Optional.empty());
          } else if (!withState && running != null) {
            powerOn();
          }
          return known;
        });
    adjustClock();
    store.tell("instance-restored", name, snapshot);
  }

  private void goOnFrom(SnapshotFolder memory, Optional<CloneIdentity> identity)
      throws InterruptedException {
    powerOn(
        (settings, way, card) -> {
          prepareSeed();
          return host.build(
              memory,
              new RestoredSpec(
                  settings.engine(), Optional.of(name), way.ports(), identity, Optional.of(card)));
        });
  }

  /**
   * Starts a copy that was made of another instance's snapshot: it goes on with the memory that
   * this shares with it, as a machine of its own.
   */
  void startAs(CloneIdentity identity, SnapshotFolder memory) throws InterruptedException {
    locked(
        () -> {
          goOnFrom(memory, Optional.of(identity));
          remember(config.withPowered(true));
          return name;
        });
    Instance running = requireMachine();
    adjustment(Optional.of(new CloneIdentity(running.address(), identity.hostName())), running)
        .run(requireAgent());
    store.tell("instance-started", name, "");
  }

  /** The guest's wall clock has stood still: it is set right as soon as the guest can do it. */
  private void adjustClock() {
    GuestAgent way = agent;
    Instance running = machine;
    if (way != null && running != null) {
      adjustment(Optional.empty(), running).begin(way);
    }
  }

  private AdjustmentRun adjustment(Optional<CloneIdentity> identity, Instance running) {
    return new AdjustmentRun(
        name, new GuestAdjustment(identity, InstanceSettings.of(config).clock()), running);
  }

  /** The memory of a stateful snapshot, for a copy. */
  SnapshotFolder memory(String snapshot) throws InterruptedException {
    return locked(() -> snapshots.memory(snapshot));
  }

  /** Makes the disk of a copy, in the copy's folder. */
  void forkDisk(String snapshot, Path copy) throws InterruptedException {
    locked(
        () -> {
          InstanceSnapshot known = snapshots.store().get(snapshot);
          snapshots.forkDisk(known, Optional.ofNullable(machine), copy);
          return known;
        });
  }

  /** Deletes a snapshot. */
  public void deleteSnapshot(String snapshot) throws InterruptedException {
    locked(
        () -> {
          snapshots.delete(snapshot, Optional.ofNullable(machine));
          return snapshot;
        });
    compactDisk();
    store.tell("instance-snapshot-deleted", name, snapshot);
  }

  /** Space that a snapshot took comes back; a machine that is on goes on meanwhile, or ends. */
  private void compactDisk() {
    Instance running = machine;
    try {
      if (running != null) {
        snapshots.compactDisk(Optional.of(running));
      } else if (transition.tryLock()) { // Who has it just now may start it.
        try {
          if (!gone && machine == null) {
            snapshots.compactDisk(Optional.empty());
          }
        } finally {
          transition.unlock();
        }
      }
    } catch (IOException | RuntimeException e) {
      // It takes more space, and is whole.
      System.getLogger(HostedInstance.class.getName())
          .log(System.Logger.Level.INFO, "the disk of " + name + " was not compacted", e);
    }
  }

  /**
   * Gives a snapshot another name.
   *
   * @throws ProblemException if there is one of that name
   */
  public void renameSnapshot(String from, String to) throws InterruptedException {
    locked(
        () -> {
          snapshots.rename(from, to, Optional.ofNullable(machine));
          return to;
        });
    store.tell("instance-snapshot-renamed", name, to);
  }

  /** Says when a snapshot is to be deleted, if it is. */
  public void expireSnapshot(String snapshot, Optional<Instant> at) throws InterruptedException {
    locked(
        () -> {
          snapshots.store().update(snapshot, snapshots.store().get(snapshot).expiring(at));
          return snapshot;
        });
    store.tell("instance-snapshot-updated", name, snapshot);
  }

  /** Removes what a killed process has left of snapshots. */
  void removeLeftovers() throws IOException {
    snapshots.removeLeftovers();
  }

  private <T> T locked(Host.ImageWork<T> work) throws InterruptedException {
    transition.lockInterruptibly();
    try {
      requireThere();
      return Host.explained(work);
    } finally {
      transition.unlock();
    }
  }

  /** Whether it is to be started with the host. */
  boolean startsWithHost() {
    if (damage.isPresent()) {
      return false;
    }
    InstanceSettings settings = InstanceSettings.of(config);
    return settings
        .autostart()
        .orElse(config.powered() || settings.restart() == InstanceSettings.RestartPolicy.ALWAYS);
  }

  /** Those with higher numbers start first with the host. */
  int startPriority() {
    return InstanceSettings.of(config).startPriority();
  }

  /** How long the host waits after it before it starts the next one. */
  Duration startDelay() {
    return InstanceSettings.of(config).startDelay();
  }

  /** Why it can neither start nor change, if so. */
  Optional<String> damage() {
    return damage;
  }

  /** Runs while the instance is off and stays so; it is gone afterwards for who waits. */
  void retire(Retirement work) throws IOException, InterruptedException {
    transition.lockInterruptibly();
    try {
      requireThere();
      if (status.isOn()) {
        throw ProblemException.badInput(
            "the instance " + name + " is running", "stop it first: javisor stop " + name);
      }
      cancelRestart();
      console.release();
      work.run();
      gone = true;
    } finally {
      transition.unlock();
    }
  }

  /** What is done to an instance's folder when it leaves its name. */
  interface Retirement {
    void run() throws IOException;
  }

  private void requireThere() {
    if (gone) {
      throw ProblemException.badInput("there is no instance " + name, "see: javisor ps --all");
    }
  }

  private void requireSound() {
    if (damage.isPresent()) {
      throw ProblemException.failed(damage.get(), "mend that file, or delete the instance", null);
    }
  }

  private void remember(InstanceConfig changed) {
    store.write(folder, changed);
    config = changed;
  }
}
