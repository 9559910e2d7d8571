package org.javisor.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javisor.machine.Entropy;
import org.javisor.machine.HostClock;
import org.javisor.machine.StopReason;
import org.javisor.riscv.board.BoardConfiguration;
import org.javisor.riscv.board.MappedDevice;
import org.javisor.riscv.board.RiscvBoard;
import org.javisor.riscv.board.boot.KernelImageException;
import org.javisor.riscv.board.console.BufferedConsole;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.interpreter.BlockTrace;
import org.javisor.riscv.interpreter.TracingInterpreter;
import org.javisor.riscv.translator.HotEntries;
import org.javisor.riscv.translator.TranslatingEngine;
import org.javisor.virtio.VirtioDevice;
import org.javisor.virtio.block.BlockConfiguration;
import org.javisor.virtio.block.BlockDevice;
import org.javisor.virtio.console.ConsoleConfiguration;
import org.javisor.virtio.console.ConsoleDevice;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.entropy.EntropyConfiguration;
import org.javisor.virtio.entropy.EntropyDevice;
import org.javisor.virtio.mmio.TransportConfiguration;
import org.javisor.virtio.mmio.VirtioMmioTransport;
import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.LoopbackPeer;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.NetConfiguration;
import org.javisor.virtio.net.NetDevice;
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
  private final ConsoleLog log = new ConsoleLog(LOG_LINES);
  private final ConsoleTap tap = new ConsoleTap(log);
  private final BufferedConsole console = new BufferedConsole(tap);
  private final HotEntries hotEntries;
  private final Engine engine;
  private final RiscvBoard board;
  private @Nullable BlockTrace trace;
  private boolean closed;

  /**
   * Builds a machine, ready to start. The instance closes the plan's disks and the folder.
   *
   * @param ports named byte channels to programs in the guest
   * @throws ProblemException if kernel and initial RAM disk do not fit, or the host has no memory
   */
  Instance(
      BootPlan plan,
      int cpus,
      long memory,
      EngineKind engineKind,
      MachineFolder folder,
      List<PortConfiguration> ports) {
    this.plan = plan;
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
      slots.add(slot(id, new BlockDevice(disk, BlockConfiguration.of(id).withQueues(cpus))));
    }
    if (!ports.isEmpty()) {
      slots.add(slot("ports", new ConsoleDevice(ConsoleConfiguration.of(ports))));
    }
    slots.add(slot("net", new NetDevice(NetConfiguration.of(ownAddress()), neighbour())));
    slots.add(
        slot("entropy", new EntropyDevice(Entropy.secure(), EntropyConfiguration.standard())));
    try {
      board =
          new RiscvBoard(
              new BoardConfiguration(
                  cpus,
                  memory,
                  plan.kernel(),
                  plan.initialRamDisk().orElse(null),
                  plan.commandLine(),
                  slots,
                  console,
                  new HostClock(),
                  Entropy.secure()),
              engine);
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

  /** Random, of the range that nobody is assigned: locally administered, not a group's. */
  private static MacAddress ownAddress() {
    byte[] address = Entropy.secure().bytes(6);
    address[0] = (byte) ((address[0] | 2) & ~1);
    return MacAddress.at(address, 0);
  }

  /** Who is at the other end of the cable: 192.0.2.1, of the addresses kept for examples. */
  private static FramePort neighbour() {
    return new LoopbackPeer(MacAddress.parse("02:00:00:00:00:01"), 0xc0000201);
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

  /** Powers on. */
  public void start() {
    board.machine().start();
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

  /** The board, for those that look inside. */
  public RiscvBoard board() {
    return board;
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
    if (hotEntries.size() > 0) {
      plan.profile().ifPresent(profile -> profile.write(hotEntries));
    }
    try (folder) {
      for (OpenDisk disk : plan.disks()) {
        disk.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
