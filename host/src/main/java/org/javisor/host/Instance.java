package org.javisor.host;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.host.snapshot.FileReference;
import org.javisor.host.snapshot.LayeredSnapshotDisk;
import org.javisor.host.snapshot.MachineDescription;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.host.snapshot.SnapshotOptions;
import org.javisor.host.snapshot.SnapshotWriter;
import org.javisor.host.snapshot.TakenSnapshot;
import org.javisor.machine.Entropy;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.HostClock;
import org.javisor.machine.Machine;
import org.javisor.machine.MachineState;
import org.javisor.machine.MemoryHandOver;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StopReason;
import org.javisor.riscv.board.BoardConfiguration;
import org.javisor.riscv.board.BoardMap;
import org.javisor.riscv.board.MappedDevice;
import org.javisor.riscv.board.RiscvBoard;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImageException;
import org.javisor.riscv.board.console.BufferedConsole;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.interpreter.BlockTrace;
import org.javisor.riscv.interpreter.TracingInterpreter;
import org.javisor.riscv.translator.HotEntries;
import org.javisor.riscv.translator.TranslatingEngine;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.balloon.BalloonConfiguration;
import org.javisor.virtio.balloon.BalloonDevice;
import org.javisor.virtio.block.BlockConfiguration;
import org.javisor.virtio.block.BlockDevice;
import org.javisor.virtio.block.BlockMetrics;
import org.javisor.virtio.console.ConsoleConfiguration;
import org.javisor.virtio.console.ConsoleDevice;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.entropy.EntropyConfiguration;
import org.javisor.virtio.entropy.EntropyDevice;
import org.javisor.virtio.mmio.TransportConfiguration;
import org.javisor.virtio.mmio.VirtioMmioTransport;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.NetDevice;
import org.javisor.virtio.net.NetMetrics;
import org.jspecify.annotations.Nullable;

/**
 * One machine on this host, from its building to the removal of what it leaves: board, devices,
 * disk and folder. Safe from any thread; {@link #close} ends the machine in whatever state it is.
 */
public final class Instance implements AutoCloseable {
  /** Console lines kept for a failure. */
  public static final int LOG_LINES = 40;

  private final BootPlan plan;
  private final MachineFolder folder;
  private final List<BlockDevice> blockDevices = new ArrayList<>();
  private final ConsoleLog log = new ConsoleLog(LOG_LINES);
  private final ConsoleTap tap = new ConsoleTap(log);
  private final BufferedConsole console = new BufferedConsole(tap);
  private final HotEntries hotEntries;
  private final Engine engine;
  private final RiscvBoard board;
  private final NetDevice network;
  private final MacAddress address;
  private final Beginning beginning;
  private final MachineTransfer.Hardware hardware;
  private final SnapshotWriter snapshots;

  /** A machine of a single command has none: it is gone before it could give anything back. */
  private final @Nullable BalloonDevice balloon;

  private @Nullable BlockTrace trace;
  private boolean closed;

  /**
   * Builds a machine, ready to start. The instance closes the plan's disks and the folder.
   *
   * @param ports named byte channels to programs in the guest; with a guest agent's, the machine
   *     also has a memory balloon
   * @param beginning where it starts from
   * @throws ProblemException if kernel and initial RAM disk do not fit, or the host has no memory
   */
  Instance(
      BootPlan plan,
      int cpus,
      long memory,
      EngineKind engineKind,
      MachineFolder folder,
      List<PortConfiguration> ports,
      NetworkCard card,
      Beginning beginning) {
    this.plan = plan;
    this.beginning = beginning;
    this.hardware =
        new MachineTransfer.Hardware(
            cpus,
            memory,
            engineKind == EngineKind.INTERPRETER,
            plan.kernel().file().name(),
            plan.initialRamDisk().map(BootFile::name).orElse(""),
            plan.commandLine(),
            plan.profile().map(TranslatorProfile::name).orElse(""),
            ports.stream().map(PortConfiguration::name).toList(),
            plan.disks().size());
    this.address = card.configuration().mac();
    this.hotEntries =
        engineKind == EngineKind.TRANSLATOR
            ? plan.profile().map(TranslatorProfile::read).orElseGet(HotEntries::new)
            : new HotEntries();
    this.engine =
        switch (engineKind) {
          case TRANSLATOR -> new TranslatingEngine(hotEntries);
          case INTERPRETER -> new TracingInterpreter();
        };
    this.folder = folder;
    List<MappedDevice.Slot> slots = new ArrayList<>();
    for (int i = 0; i < plan.disks().size(); i++) {
      String id = "disk" + i;
      DiskBackend disk = new DiskBackend(plan.disks().get(i).device());
      BlockDevice device = new BlockDevice(disk, BlockConfiguration.of(id).withQueues(cpus));
      blockDevices.add(device);
      slots.add(slot(id, device));
    }
    if (!ports.isEmpty()) {
      slots.add(slot("ports", new ConsoleDevice(new ConsoleConfiguration(ports, 80, 24, 16))));
    }
    network = new NetDevice(card.configuration(), card.port());
    slots.add(slot("net", network));
    slots.add(
        slot("entropy", new EntropyDevice(Entropy.secure(), EntropyConfiguration.standard())));
    balloon =
        ports.stream().anyMatch(port -> port.name().equals(GuestAgent.PORT))
            ? new BalloonDevice(BalloonConfiguration.standard())
            : null;
    if (balloon != null) {
      slots.add(slot("balloon", balloon));
    }
    BoardConfiguration configuration =
        new BoardConfiguration(
            cpus,
            memory,
            plan.kernel(),
            plan.initialRamDisk().orElse(null),
            plan.commandLine(),
            slots,
            console,
            new HostClock(),
            Entropy.secure());
    try {
      Optional<GuestMemory> filled = filledMemory(engineKind, memory);
      board =
          filled.isPresent()
              ? new RiscvBoard(configuration, engine, filled.get())
              : new RiscvBoard(configuration, engine);
      if (filled.isEmpty()) {
        fill(board.machine().parts().memory());
      }
      snapshots =
          new SnapshotWriter(
              board.machine(),
              () -> describe(plan, cpus, memory, ports),
              plan.disks().stream()
                  .map(OpenDisk::device)
                  .filter(LayeredDisk.class::isInstance)
                  .map(disk -> new LayeredSnapshotDisk((LayeredDisk) disk))
                  .toList());
    } catch (IOException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    } catch (KernelImageException e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.BAD_INPUT, String.valueOf(e.getMessage()), "give it more --memory"),
          e);
    } catch (OutOfMemoryError e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.HOST_LACKS,
              "this host cannot give " + ByteSize.format(memory) + " of memory",
              "use a smaller --memory"),
          e);
    }
  }

  /**
   * The memory of a machine that goes on; but that of one that shares it with others, and is
   * interpreted, is filled after its board is made, which then shares no decoded code with machines
   * that translate it: what these have put into a page an interpreter cannot execute.
   */
  private Optional<GuestMemory> filledMemory(EngineKind engineKind, long size) throws IOException {
    boolean translates = engineKind == EngineKind.TRANSLATOR;
    return switch (beginning) {
      case Beginning.Boot _ -> Optional.empty();
      case Beginning.Snapshot snapshot ->
          translates
              ? Optional.of(GuestMemory.map(BoardMap.MEMORY, size, snapshot.memory()))
              : Optional.empty();
      case Beginning.HandedOver(MachineTransfer transfer) ->
          translates || transfer.memoryHandOver() instanceof MemoryHandOver.Whole
              ? Optional.of(GuestMemory.takeOver(BoardMap.MEMORY, size, transfer.memoryHandOver()))
              : Optional.empty();
      case Beginning.Arrived _ -> Optional.empty();
    };
  }

  private void fill(GuestMemory memory) throws IOException {
    switch (beginning) {
      case Beginning.Boot _, Beginning.Arrived _ -> {}
      case Beginning.Snapshot snapshot -> memory.replaceWith(snapshot.memory());
      case Beginning.HandedOver(MachineTransfer transfer) -> {
        if (transfer.memoryHandOver() instanceof MemoryHandOver.Changes changes) {
          memory.replaceWith(changes);
        }
      }
    }
  }

  private MachineDescription describe(
      BootPlan plan, int cpus, long memory, List<PortConfiguration> ports) throws IOException {
    List<FileReference> initialRamDisk = new ArrayList<>();
    if (plan.initialRamDisk().isPresent()) {
      initialRamDisk.add(FileReference.of(Path.of(plan.initialRamDisk().get().name())));
    }
    return new MachineDescription(
        cpus,
        memory,
        plan.profile().map(TranslatorProfile::name).orElse(""),
        FileReference.of(Path.of(plan.kernel().file().name())),
        initialRamDisk,
        plan.commandLine(),
        ports.stream().map(PortConfiguration::name).toList(),
        List.of(address.toString()),
        plan.disks().size());
  }

  private static MappedDevice.Slot slot(String name, VirtioDevice<?> device) {
    return MappedDevice.Slot.virtio(
        (memory, clock, interrupt) ->
            MappedDevice.of(
                new VirtioMmioTransport<>(
                    name, memory, interrupt, device, TransportConfiguration.complete())));
  }

  /**
   * Has every block of instructions written down that is executed, as {@link BlockTrace} describes;
   * before the machine is started. What is left to write comes with {@link #close}.
   *
   * @param out stays the caller's
   * @throws IllegalStateException if the machine is not executed by the interpreter
   */
  public synchronized void trace(PrintWriter out) {
    if (!(engine instanceof TracingInterpreter interpreter)) {
      throw new IllegalStateException("only the interpreter tells what it executes");
    }
    trace = new BlockTrace(out);
    interpreter.trace(trace);
  }

  /**
   * Powers on; an instance that was built from a snapshot goes on where that was taken, and one
   * that was handed over or has arrived stays paused where it stopped.
   *
   * @throws ProblemException if the saved state does not fit; the instance can only be closed then
   */
  public void start() {
    switch (beginning) {
      case Beginning.Boot _ -> board.machine().start();
      case Beginning.Snapshot snapshot -> start(snapshot);
      case Beginning.HandedOver(MachineTransfer transfer) ->
          startPaused(transfer.name(), transfer.state());
      case Beginning.Arrived arrived -> startPaused(arrived.name(), arrived.state().get());
    }
  }

  private void start(Beginning.Snapshot beginning) {
    SnapshotFolder snapshot = beginning.folder();
    try {
      board.machine().startPaused(snapshot.state(board.machine()));
      snapshots.beginWith(snapshot);
      if (beginning.copy()) {
        network.changeAddress(address);
      }
      // Whoever starts from a snapshot may do so twice.
      board.generationId().change();
      board.machine().resume();
    } catch (IOException | SavedStateException e) {
      throw ProblemException.failed(
          "the machine does not start from the snapshot in "
              + snapshot.path()
              + ": "
              + e.getMessage(),
          "take another snapshot with this version",
          e);
    }
  }

  private void startPaused(String name, byte[] state) {
    try {
      board.machine().startPaused(board.machine().read(new ByteArrayInputStream(state)));
    } catch (IOException | SavedStateException e) {
      throw ProblemException.failed(
          "the machine " + name + " does not fit this version: " + e.getMessage(), "", e);
    }
  }

  /**
   * Makes up gradually for what the guest's clocks are behind.
   *
   * @param behind negative if they are ahead; within years
   */
  public void slewClock(Duration behind) {
    board.machine().parts().clock().slew(behind.toNanos());
  }

  /** The state of clock, devices and vCPUs of the paused machine, for a machine elsewhere. */
  public byte[] saveState() throws IOException {
    return written(board.machine().save());
  }

  /** The form in which a state goes elsewhere. */
  public static byte[] written(MachineState saved) throws IOException {
    ByteArrayOutputStream state = new ByteArrayOutputStream();
    Machine.write(state, saved);
    return state.toByteArray();
  }

  /** What it is, besides its devices' configuration. */
  public MachineTransfer.Hardware hardware() {
    return hardware;
  }

  /**
   * Lets another process go on with the paused machine: disk and folder are let go of, memory and
   * state are told. {@link #takeBack} makes all as it was.
   *
   * @param name of the instance
   * @param paused whether somebody had paused it
   * @param startedAt when it was powered on, in milliseconds since 1970
   * @param stoodAt when it was paused, as {@link System#nanoTime}
   * @throws IOException if the disk cannot be flushed, or memory not be shared; the instance is
   *     then to be taken back too
   */
  public synchronized MachineTransfer handOver(
      String name, boolean paused, long startedAt, long stoodAt) throws IOException {
    byte[] state = saveState();
    MemoryHandOver memory = board.memory().handOver();
    for (OpenDisk disk : plan.disks()) {
      disk.release();
    }
    folder.release();
    return new MachineTransfer(
        name,
        paused,
        startedAt,
        hardware,
        memory instanceof MemoryHandOver.Changes changes ? changes.image().toString() : "",
        switch (memory) {
          case MemoryHandOver.Whole whole -> whole.file().toString();
          case MemoryHandOver.Changes changes -> changes.file().toString();
        },
        state,
        stoodAt,
        System.nanoTime());
  }

  /** Keeps what was learnt of the guest's hot code, for whoever goes on with the machine. */
  public void keepProfile() {
    if (hotEntries.size() > 0) {
      plan.profile().ifPresent(profile -> profile.write(hotEntries));
    }
  }

  /**
   * Has disk and folder again after {@link #handOver}; the machine is still paused.
   *
   * @throws IOException if another process has them
   */
  public synchronized void takeBack() throws IOException {
    folder.reclaim();
    for (OpenDisk disk : plan.disks()) {
      disk.reclaim();
    }
  }

  /**
   * Takes a snapshot of memory and devices. The machine, if it runs, runs on.
   *
   * @param target the folder it is to be in, which must not exist yet
   * @throws ProblemException if a disk of the machine cannot be kept, or it does not run, or the
   *     snapshot cannot be written; nothing is left then
   */
  public TakenSnapshot takeSnapshot(Path target, SnapshotOptions options) {
    if (!plan.disks().stream()
        .map(OpenDisk::device)
        .allMatch(disk -> disk.readOnly() || disk instanceof LayeredDisk)) {
      throw ProblemException.badInput(
          "the machine has a disk that cannot keep its content for a snapshot",
          "take a snapshot of a machine that was made from an image and is kept");
    }
    try {
      return snapshots.take(target, options);
    } catch (IOException e) {
      throw ProblemException.failed(
          "the snapshot was not taken: " + e.getMessage(), "the machine is as before", e);
    }
  }

  /** A snapshot is in another folder now; if it was the last one taken, the next begins with it. */
  public void snapshotMoved(Path from, Path to) {
    snapshots.moved(from, to);
  }

  /**
   * Takes a running or paused machine back to a snapshot of it. It runs on from there with its own
   * network address, and is told that it was taken back.
   *
   * @throws ProblemException if the snapshot is of another machine, or damaged
   */
  public void restore(SnapshotFolder snapshot) {
    try {
      snapshots.restore(
          snapshot,
          () -> {
            network.changeAddress(address);
            board.generationId().change();
          });
    } catch (IOException | SavedStateException e) {
      throw ProblemException.failed("the machine was not restored: " + e.getMessage(), "", e);
    }
  }

  /** Stops the machine's world: vCPUs, devices and guest time. Does nothing if paused. */
  public void pause() {
    board.machine().pause();
  }

  /** Lets a paused machine go on; its time goes on where it stopped. */
  public void resume() {
    board.machine().resume();
  }

  /** The address of its network device. */
  public MacAddress address() {
    return address;
  }

  /** Pulls the plug; {@link #awaitStop} then returns. */
  public void powerOff() {
    board.machine().powerOff();
  }

  /** From now on the guest's own request for a reset ends the machine. */
  public void stopOnGuestReset() {
    board.machine().stopOnGuestReset();
  }

  /** From now on the serial console is also written to this stream, which is not closed. */
  public void showConsole(OutputStream stream) {
    tap.show(stream);
  }

  /**
   * Types bytes to the serial console; waits while the guest does not take them.
   *
   * @return false if the machine is gone
   * @throws InterruptedException if interrupted while waiting
   */
  public boolean type(byte[] bytes, int offset, int length) throws InterruptedException {
    return console.type(bytes, offset, length);
  }

  /**
   * Waits until what the guest wrote to the serial console so far has been written out.
   *
   * @throws InterruptedException if interrupted while waiting
   */
  public void awaitConsoleWritten() throws InterruptedException {
    console.awaitWritten();
  }

  /** The last lines of the serial console. */
  public List<String> lastConsoleLines() {
    return log.lastLines();
  }

  /** Waits until the machine has stopped. */
  public StopReason awaitStop() throws InterruptedException {
    return board.machine().awaitStop();
  }

  /** Waits until the machine has stopped, at most so long; null if it has not. */
  public @Nullable StopReason awaitStop(Duration timeout) throws InterruptedException {
    return board.machine().awaitStop(timeout);
  }

  /**
   * The layers of the root disk, to snapshot, fork and flatten it while the machine runs; empty if
   * the machine has no kept disk of an image.
   */
  public Optional<LayeredDisk> layeredDisk() {
    return plan.disks().stream()
        .map(OpenDisk::device)
        .filter(LayeredDisk.class::isInstance)
        .map(LayeredDisk.class::cast)
        .findFirst();
  }

  /** The block devices in front of the disks, in their order: limits, metrics, changed sizes. */
  public List<BlockDevice> blockDevices() {
    return List.copyOf(blockDevices);
  }

  /** The block device in front of the disk that the machine keeps its files on, if it has one. */
  public Optional<BlockDevice> rootDisk() {
    return plan.disks().isEmpty() || plan.disks().getFirst().device().readOnly()
        ? Optional.empty()
        : Optional.of(blockDevices.getFirst());
  }

  /**
   * Makes the root disk larger or, where it holds nothing, smaller, and tells the guest.
   *
   * @param size bytes, a multiple of 512
   * @throws IOException if it cannot have this size; nothing has changed
   */
  public void resizeDisk(long size) throws IOException {
    layeredDisk()
        .orElseThrow(() -> new IOException("the machine has no disk of its own to resize"))
        .resize(size);
    blockDevices.forEach(BlockDevice::capacityChanged);
  }

  /**
   * The memory balloon of a machine with a guest agent: how much the guest is to give back, what it
   * has given, and what it says of its memory.
   */
  public Optional<BalloonDevice> balloon() {
    return Optional.ofNullable(balloon);
  }

  /** The board, for those that look inside. */
  public RiscvBoard board() {
    return board;
  }

  /** Bytes of memory that the guest sees. */
  public long memorySize() {
    return board.machine().parts().memory().size();
  }

  /**
   * Bytes of it that this host has given the machine, about; what machines share counts in parts.
   */
  public long residentMemory() {
    GuestMemory memory = board.machine().parts().memory();
    synchronized (this) {
      return closed ? 0 : ResidentMemory.of(memory.machineAddress(memory.base()), memory.size());
    }
  }

  /** Nanoseconds of processor time that its vCPUs have used. */
  public long processorNanos() {
    return board.machine().processorNanos();
  }

  /** What its disks have done, in their order. */
  public List<BlockMetrics> diskMetrics() {
    return blockDevices.stream().map(BlockDevice::metrics).toList();
  }

  /** What its network device has done. */
  public NetMetrics networkMetrics() {
    return network.metrics();
  }

  /** What executing the machine has taken so far; exact once it has stopped. */
  public InstanceMetrics metrics() {
    long instructions = 0;
    long tlbMisses = 0;
    for (Hart hart : board.harts().all()) {
      instructions += hart.retired();
      tlbMisses += hart.tlbMisses();
    }
    return new InstanceMetrics(
        instructions,
        tlbMisses,
        engine instanceof TranslatingEngine translating
            ? Optional.of(translating.metrics())
            : Optional.empty());
  }

  /** Ends the machine, closes its disk and gives its folder back. Does nothing if closed. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    board.close();
    if (trace != null) {
      trace.finish();
    }
    console.close();
    keepProfile();
    try (folder) {
      for (OpenDisk disk : plan.disks()) {
        disk.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
