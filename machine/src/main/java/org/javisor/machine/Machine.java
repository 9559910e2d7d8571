package org.javisor.machine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle of one machine: its vCPUs on a platform thread each, its devices, its clock.
 *
 * <p>{@link #start} powers it on; {@link #pause} stops the world of this machine in well under a
 * millisecond, {@link #resume} lets it go on; {@link #reset} is the reset button; {@link #powerOff}
 * pulls the plug. The guest asks for power-off and reset through {@link #requestPowerOff} and
 * {@link #requestReset}, which an engine calls on the vCPU's own thread.
 *
 * <p>All methods are safe from any thread; those that change the life cycle run one at a time.
 */
public final class Machine implements AutoCloseable {
  /** Engines may run guest calls as Java calls, hundreds deep in frames of a kilobyte or two. */
  private static final long VCPU_STACK_BYTES = 4L << 20;

  /** Where a machine is in its life. */
  public enum Phase {
    /** Built, not yet powered on. */
    CREATED,
    /** vCPUs run. */
    RUNNING,
    /** vCPUs, devices and clock stand still. */
    PAUSED,
    /** Switched off, for good: build another to start again. */
    STOPPED
  }

  /**
   * What a machine is made of.
   *
   * @param memory its RAM
   * @param clock its time
   * @param vcpus at least one, ids 0..n-1; each is also {@link Snapshottable}
   * @param devices with unique names; each is also {@link Snapshottable}
   * @param load puts the boot program into zeroed memory and the boot vCPU at its entry; run before
   *     the first start and on every reset, after the vCPUs and devices were reset
   */
  public record Parts(
      GuestMemory memory,
      MachineClock clock,
      List<? extends Vcpu> vcpus,
      List<? extends Device> devices,
      Runnable load) {
    /** Checks ids and names. */
    public Parts {
      vcpus = List.copyOf(vcpus);
      devices = List.copyOf(devices);
      if (vcpus.isEmpty()) {
        throw new IllegalArgumentException("a machine needs a vCPU");
      }
      Set<String> names = new HashSet<>();
      for (Vcpu vcpu : vcpus) {
        requireSnapshottable(vcpu, "vcpu" + vcpu.id());
        names.add("vcpu" + vcpu.id());
      }
      for (Device device : devices) {
        requireSnapshottable(device, device.name());
        names.add(device.name());
      }
      if (names.size() != vcpus.size() + devices.size()) {
        throw new IllegalArgumentException("two components of the machine have the same name");
      }
    }

    private static void requireSnapshottable(Object component, String name) {
      if (!(component instanceof Snapshottable<?>)) {
        throw new IllegalArgumentException(name + " does not give its state");
      }
    }
  }

  private final Parts parts;

  /** Held while the life cycle changes, so that two changes do not interleave. */
  private final ReentrantLock transition = new ReentrantLock();

  /** Guards the fields below; never held while waiting for anything but its conditions. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private Phase phase = Phase.CREATED;
  private final BitSet held = new BitSet();
  private boolean vcpusMayRun;
  private boolean ending;
  private volatile boolean stopOnGuestReset;

  /** The power-off or reset that a vCPU has asked for and that has not happened yet. */
  private @Nullable Runnable guestRequest;

  private int vcpusInside;
  private @Nullable StopReason stopReason;

  /** A machine of these parts, not yet started. */
  public Machine(Parts parts) {
    this.parts = parts;
  }

  /** Its parts, for those that look inside: snapshots, migration, metrics. */
  public Parts parts() {
    return parts;
  }

  /** Where it is in its life. */
  public Phase phase() {
    lock.lock();
    try {
      return phase;
    } finally {
      lock.unlock();
    }
  }

  /** Powers on: loads the boot program and lets the vCPUs run. */
  public void start() {
    transition.lock();
    try {
      require(Phase.CREATED);
      parts.load().run();
      launch();
    } finally {
      transition.unlock();
    }
  }

  /** Starts from saved state: memory has been filled already, nothing is loaded. */
  public void start(MachineState state) {
    transition.lock();
    try {
      startPaused(state);
      resume();
    } finally {
      transition.unlock();
    }
  }

  /**
   * As {@link #start(MachineState)}, but the machine is paused: it runs from {@link #resume} on.
   *
   * @throws SavedStateException if a component is missing, unknown, or refuses its state; the
   *     machine can only be closed then
   */
  public void startPaused(MachineState state) {
    transition.lock();
    try {
      require(Phase.CREATED);
      // A device that is restored must not serve its queues before all the others are.
      parts.devices().forEach(Device::pause);
      restoreComponents(state);
      createThreads();
      setPhase(Phase.PAUSED);
      threads.forEach(Thread::start);
    } finally {
      transition.unlock();
    }
  }

  private void launch() {
    createThreads();
    setPhase(Phase.RUNNING);
    parts.clock().start();
    allowVcpus();
    threads.forEach(Thread::start);
  }

  /**
   * Processor time that the vCPUs have used since the machine was started, in nanoseconds; 0 where
   * the host does not tell, or none runs.
   */
  public long processorNanos() {
    ThreadMXBean times = ManagementFactory.getThreadMXBean();
    if (!times.isThreadCpuTimeSupported()) {
      return 0;
    }
    long sum = 0;
    for (Thread thread : threads) {
      sum += Math.max(0, times.getThreadCpuTime(thread.threadId()));
    }
    return sum;
  }

  private void createThreads() {
    lock.lock();
    try {
      for (Vcpu vcpu : parts.vcpus()) {
        threads.add(
            Thread.ofPlatform()
                .daemon()
                .name("vcpu" + vcpu.id())
                .stackSize(VCPU_STACK_BYTES)
                .unstarted(() -> serve(vcpu)));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops vCPUs, then devices, then time, and returns when all stand still. Does nothing if paused.
   * A reset that the guest has asked for by then is done, so that nothing of it is missing from
   * {@link #save}.
   *
   * @throws IllegalStateException if the machine is not running or paused, or the guest has just
   *     switched it off
   */
  public void pause() {
    transition.lock();
    try {
      if (phase() == Phase.PAUSED) {
        return;
      }
      require(Phase.RUNNING);
      stopWorld();
      setPhase(Phase.PAUSED);
      serveGuestRequest();
      require(Phase.PAUSED);
    } finally {
      transition.unlock();
    }
  }

  /** Goes on after {@link #pause}. Does nothing if running. */
  public void resume() {
    transition.lock();
    try {
      if (phase() == Phase.RUNNING) {
        return;
      }
      require(Phase.PAUSED);
      setPhase(Phase.RUNNING);
      resumeWorld();
    } finally {
      transition.unlock();
    }
  }

  /** The reset button: everything as after power-on, then the boot program again. */
  public void reset() {
    transition.lock();
    try {
      Phase before = phase();
      if (before == Phase.RUNNING) {
        stopWorld();
      } else {
        require(Phase.PAUSED);
      }
      parts.clock().reset();
      parts.memory().clear();
      parts.vcpus().forEach(Vcpu::reset);
      parts.devices().forEach(Device::reset);
      parts.load().run();
      takeGuestRequest();
      if (before == Phase.RUNNING) {
        resumeWorld();
      }
    } finally {
      transition.unlock();
    }
  }

  /** Pulls the plug. Does nothing if stopped. */
  public void powerOff() {
    stop(new StopReason.Killed());
  }

  /**
   * The guest asks to be switched off; called on a vCPU's thread. The vCPUs run no further guest
   * code once its {@link Vcpu#run} returns.
   *
   * @param failure whether the guest says that it failed
   */
  public void requestPowerOff(boolean failure) {
    StopReason reason = failure ? new StopReason.GuestFailed() : new StopReason.PoweredOff();
    request(() -> stop(reason));
  }

  /**
   * From now on a reset that the guest asks for stops the machine instead, with {@link
   * StopReason.GuestReset}: a machine with one task does not begin it again after a panic.
   */
  public void stopOnGuestReset() {
    stopOnGuestReset = true;
  }

  /** The guest asks for a reset; called on a vCPU's thread, as {@link #requestPowerOff}. */
  public void requestReset() {
    request(stopOnGuestReset ? () -> stop(new StopReason.GuestReset()) : this::resetOrStop);
  }

  private void resetOrStop() {
    try {
      reset();
    } catch (RuntimeException | Error e) {
      stop(new StopReason.MonitorFailed(e));
    }
  }

  private void request(Runnable request) {
    lock.lock();
    try {
      if (guestRequest == null) {
        guestRequest = request;
      }
    } finally {
      lock.unlock();
    }
    holdVcpus();
    // On another thread, because it waits until this vCPU too has come out.
    Thread.ofVirtual().name("machine-guest-request").start(this::serveGuestRequest);
  }

  private void serveGuestRequest() {
    transition.lock();
    try {
      Runnable request = takeGuestRequest();
      if (request != null) {
        request.run();
      }
    } finally {
      transition.unlock();
    }
  }

  private @Nullable Runnable takeGuestRequest() {
    lock.lock();
    try {
      Runnable request = guestRequest;
      guestRequest = null;
      return request;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a vCPU from running guest code until {@link #release}, for whoever shares out processors;
   * it comes out well within a millisecond. Time and devices go on.
   *
   * @param vcpu its id
   */
  public void hold(int vcpu) {
    lock.lock();
    try {
      if (held.get(vcpu)) {
        return;
      }
      held.set(vcpu);
    } finally {
      lock.unlock();
    }
    parts.vcpus().get(vcpu).requestExit();
  }

  /** Lets a vCPU go on that {@link #hold} keeps; does nothing for others. */
  public void release(int vcpu) {
    lock.lock();
    try {
      if (held.get(vcpu)) {
        held.clear(vcpu);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a vCPU of a running machine has guest code to execute, be it held or not.
   *
   * @param vcpu its id
   */
  public boolean isBusy(int vcpu) {
    lock.lock();
    try {
      return phase == Phase.RUNNING && (held.get(vcpu) || !parts.vcpus().get(vcpu).isIdle());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The time that processors have spent on a vCPU since power-on.
   *
   * @param vcpu its id
   * @return nanoseconds; 0 before power-on and after the end
   */
  public long processorTime(int vcpu) {
    Thread thread;
    lock.lock();
    try {
      if (vcpu >= threads.size()) {
        return 0;
      }
      thread = threads.get(vcpu);
    } finally {
      lock.unlock();
    }
    return Math.max(0, ProcessorTimes.BEAN.getThreadCpuTime(thread.threadId()));
  }

  /** Looked up when somebody asks for the first time: it costs milliseconds. */
  private static final class ProcessorTimes {
    static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();
  }

  /** Waits until the machine has stopped. */
  public StopReason awaitStop() throws InterruptedException {
    lock.lock();
    try {
      while (phase != Phase.STOPPED || stopReason == null) {
        changed.await();
      }
      return stopReason;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the machine has stopped, at most so long; null if it has not. */
  public @Nullable StopReason awaitStop(Duration timeout) throws InterruptedException {
    long remaining = timeout.toNanos();
    lock.lock();
    try {
      while (phase != Phase.STOPPED || stopReason == null) {
        if (remaining <= 0) {
          return null;
        }
        remaining = changed.awaitNanos(remaining);
      }
      return stopReason;
    } finally {
      lock.unlock();
    }
  }

  /** The state of every component; the machine must be paused. Memory is taken separately. */
  public MachineState save() {
    transition.lock();
    try {
      require(Phase.PAUSED);
      Map<String, SavedState> states = new LinkedHashMap<>();
      components().forEach((name, component) -> states.put(name, component.save()));
      return new MachineState(states);
    } finally {
      transition.unlock();
    }
  }

  /**
   * Gives every component its state; the machine must be paused.
   *
   * @throws SavedStateException if a component is missing, unknown, or refuses its state
   */
  public void restore(MachineState state) {
    transition.lock();
    try {
      require(Phase.PAUSED);
      restoreComponents(state);
    } finally {
      transition.unlock();
    }
  }

  /**
   * Writes saved state: the number of components, and for each its name and its record.
   *
   * @throws IOException if the stream cannot be written
   */
  public static void write(OutputStream out, MachineState state) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeShort(state.components().size());
    for (Map.Entry<String, SavedState> entry : state.components().entrySet()) {
      data.writeUTF(entry.getKey());
      StateCodec.write(data, entry.getValue());
    }
    data.flush();
  }

  /**
   * Reads saved state that fits this machine's components.
   *
   * @throws SavedStateException if it is damaged or names a component this machine has not
   * @throws IOException if the stream cannot be read
   */
  public MachineState read(InputStream in) throws IOException {
    Map<String, Snapshottable<?>> components = components();
    DataInputStream data = new DataInputStream(in);
    Map<String, SavedState> states = new LinkedHashMap<>();
    for (int count = data.readUnsignedShort(); count > 0; count--) {
      String name = data.readUTF();
      Snapshottable<?> component = components.get(name);
      if (component == null) {
        throw new SavedStateException("saved state is of a machine with " + name);
      }
      states.put(name, StateCodec.read(data, component.stateType()));
    }
    return new MachineState(states);
  }

  /** Stops the machine if it runs and frees devices, clock and memory. */
  @Override
  public void close() {
    powerOff();
    parts.devices().forEach(Device::close);
    parts.clock().close();
    parts.memory().close();
  }

  private Map<String, Snapshottable<?>> components() {
    Map<String, Snapshottable<?>> components = new LinkedHashMap<>();
    components.put("clock", parts.clock());
    for (Device device : parts.devices()) {
      components.put(device.name(), (Snapshottable<?>) device);
    }
    for (Vcpu vcpu : parts.vcpus()) {
      components.put("vcpu" + vcpu.id(), (Snapshottable<?>) vcpu);
    }
    return components;
  }

  private void restoreComponents(MachineState state) {
    Map<String, Snapshottable<?>> components = components();
    if (!components.keySet().equals(state.components().keySet())) {
      throw new SavedStateException(
          "saved state is of another machine: it has "
              + state.components().keySet()
              + ", this machine has "
              + components.keySet());
    }
    components.forEach((name, component) -> restore(name, component, state));
  }

  private static <S extends SavedState> void restore(
      String name, Snapshottable<S> component, MachineState state) {
    SavedState saved = state.components().get(name);
    if (!component.stateType().isInstance(saved)) {
      throw new SavedStateException(name + ": saved state is of another kind of component");
    }
    component.restore(component.stateType().cast(saved));
  }

  private void serve(Vcpu vcpu) {
    try {
      while (enter(vcpu.id())) {
        try {
          vcpu.run();
        } finally {
          leave();
        }
      }
    } catch (RuntimeException | Error e) {
      holdVcpus();
      StopReason reason = new StopReason.MonitorFailed(e);
      Thread.ofVirtual().name("machine-failure").start(() -> stop(reason));
    }
  }

  /** Waits until the vCPU may run; false if the machine ends. */
  private boolean enter(int vcpu) {
    lock.lock();
    try {
      while ((!vcpusMayRun || held.get(vcpu)) && !ending) {
        changed.awaitUninterruptibly();
      }
      if (ending) {
        return false;
      }
      vcpusInside++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      vcpusInside--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets no vCPU start another run and asks those inside to come out; does not wait. */
  private void holdVcpus() {
    lock.lock();
    try {
      vcpusMayRun = false;
    } finally {
      lock.unlock();
    }
    parts.vcpus().forEach(Vcpu::requestExit);
  }

  private void allowVcpus() {
    lock.lock();
    try {
      vcpusMayRun = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stopWorld() {
    holdVcpus();
    lock.lock();
    try {
      while (vcpusInside > 0) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    parts.devices().forEach(Device::pause);
    parts.clock().stop();
  }

  private void resumeWorld() {
    parts.clock().start();
    parts.devices().forEach(Device::resume);
    allowVcpus();
  }

  private void stop(StopReason reason) {
    transition.lock();
    try {
      Phase before = phase();
      if (before == Phase.STOPPED) {
        return;
      }
      if (before == Phase.RUNNING) {
        stopWorld();
      }
      lock.lock();
      try {
        ending = true;
        stopReason = reason;
        phase = Phase.STOPPED;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    } finally {
      transition.unlock();
    }
  }

  private void require(Phase needed) {
    Phase now = phase();
    if (now != needed) {
      throw new IllegalStateException("the machine is " + now + ", not " + needed);
    }
  }

  private void setPhase(Phase next) {
    lock.lock();
    try {
      phase = next;
    } finally {
      lock.unlock();
    }
  }
}
