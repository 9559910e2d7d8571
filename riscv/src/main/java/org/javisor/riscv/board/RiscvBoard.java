package org.javisor.riscv.board;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.AddressBus;
import org.javisor.machine.Device;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.Machine;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.BootLayout;
import org.javisor.riscv.board.boot.KernelImageException;
import org.javisor.riscv.board.generation.GenerationId;
import org.javisor.riscv.board.generation.GenerationIdConfiguration;
import org.javisor.riscv.board.generation.GenerationIdMetrics;
import org.javisor.riscv.board.plic.Plic;
import org.javisor.riscv.board.plic.PlicMetrics;
import org.javisor.riscv.board.rtc.GoldfishRtc;
import org.javisor.riscv.board.rtc.GoldfishRtcConfiguration;
import org.javisor.riscv.board.rtc.GoldfishRtcMetrics;
import org.javisor.riscv.board.sbi.Sbi;
import org.javisor.riscv.board.sbi.SbiCall;
import org.javisor.riscv.board.sbi.SbiMetrics;
import org.javisor.riscv.board.sbi.SbiPlatform;
import org.javisor.riscv.board.sbi.SbiResult;
import org.javisor.riscv.board.uart.Uart16550;
import org.javisor.riscv.board.uart.UartConfiguration;
import org.javisor.riscv.board.uart.UartMetrics;
import org.javisor.riscv.hart.Engine;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;

/**
 * A RISC-V machine: harts, memory, interrupt controller, serial port, clock, further devices, and
 * the supervisor binary interface in place of firmware.
 *
 * <p>At power-on and at every reset the board copies kernel and initial RAM disk into cleared
 * memory, writes a device tree with a fresh random seed, and starts hart 0 at the kernel's first
 * byte in S-mode (Linux, Documentation/arch/riscv/boot). The other harts stay stopped until the
 * kernel starts them.
 */
public final class RiscvBoard implements AutoCloseable {
  private final BoardConfiguration configuration;
  private final BootLayout layout;
  private final GuestMemory memory;
  private final Harts harts;
  private final List<BoardHart> boardHarts;
  private final Plic plic;
  private final Uart16550 uart;
  private final GoldfishRtc rtc;
  private final GenerationId generationId;
  private final Sbi sbi;
  private final Machine machine;

  /**
   * Builds a machine that is ready to start.
   *
   * @param engine executes the harts' instructions
   * @throws KernelImageException if kernel and initial RAM disk do not fit into memory
   * @throws RuntimeException what a slot's factory throws; memory and the devices made before are
   *     then freed, the clock is not
   */
  public RiscvBoard(BoardConfiguration configuration, Engine engine) {
    this(
        configuration,
        engine,
        layOut(configuration),
        GuestMemory.allocate(BoardMap.MEMORY, configuration.memoryBytes()));
  }

  /**
   * Builds a machine around memory that is filled already, to be started from saved state. The
   * memory is the board's from now on, and closed if this throws.
   *
   * @param memory at {@link BoardMap#MEMORY}, of the configured size
   * @throws KernelImageException as {@link #RiscvBoard(BoardConfiguration, Engine)}
   */
  public RiscvBoard(BoardConfiguration configuration, Engine engine, GuestMemory memory) {
    this(configuration, engine, layOut(configuration, memory), memory);
  }

  private RiscvBoard(
      BoardConfiguration configuration, Engine engine, BootLayout layout, GuestMemory memory) {
    this.configuration = configuration;
    this.layout = layout;
    this.memory = memory;
    AddressBus bus = new AddressBus();
    harts =
        new Harts(
            configuration.harts(),
            memory,
            bus,
            configuration.clock(),
            engine,
            this::environmentCall);
    boardHarts = harts.all().stream().map(BoardHart::new).toList();
    List<InterruptLine> external = new ArrayList<>();
    harts.all().forEach(hart -> external.add(hart::setExternalInterrupt));
    plic = new Plic(BoardDeviceTree.plic(configuration), external);
    uart =
        new Uart16550(
            new UartConfiguration("serial", UartConfiguration.DEFAULT_CLOCK_HERTZ),
            configuration.console(),
            plic.source(BoardMap.UART_INTERRUPT));
    rtc =
        new GoldfishRtc(
            new GoldfishRtcConfiguration("rtc"),
            configuration.clock(),
            plic.source(BoardMap.RTC_INTERRUPT));
    generationId =
        new GenerationId(
            new GenerationIdConfiguration("vmgenid"),
            configuration.entropy(),
            plic.source(BoardMap.GENERATION_ID_INTERRUPT));
    sbi =
        new Sbi(
            new SbiPlatform(
                boardHarts, memory, configuration.console(), new Fences(), new Power()));
    bus.map("plic", BoardMap.PLIC, BoardDeviceTree.plic(configuration).registerBytes(), plic);
    bus.map("serial", BoardMap.UART, UartConfiguration.REGISTER_BYTES, uart);
    bus.map("rtc", BoardMap.RTC, GoldfishRtcConfiguration.REGISTER_BYTES, rtc);
    bus.map(
        "vmgenid", BoardMap.GENERATION_ID, GenerationIdConfiguration.REGISTER_BYTES, generationId);

    // In the order of resets and restores: the interrupt controller hears the devices last.
    List<Device> devices = new ArrayList<>(List.of(sbi, uart, rtc, generationId));
    try {
      for (int slot = 0; slot < configuration.slots().size(); slot++) {
        devices.add(fill(slot, bus));
      }
      devices.add(plic);
      machine =
          new Machine(
              new Machine.Parts(memory, configuration.clock(), harts.all(), devices, this::load));
    } catch (RuntimeException e) {
      devices.forEach(Device::close);
      memory.close();
      throw e;
    }
  }

  /** Makes and maps the device of a slot. */
  private Device fill(int slot, AddressBus bus) {
    MappedDevice.Slot wanted = configuration.slots().get(slot);
    InterruptLine line = plic.source(BoardMap.FIRST_SLOT_INTERRUPT + slot);
    MappedDevice made = wanted.factory().create(memory, configuration.clock(), line);
    bus.map(made.device().name(), BoardMap.slot(slot), wanted.registerBytes(), made.registers());
    return made.device();
  }

  /** The machine, to be started. */
  public Machine machine() {
    return machine;
  }

  /** Its RAM. */
  public GuestMemory memory() {
    return memory;
  }

  /** What tells the guest that it is a copy. */
  public GenerationId generationId() {
    return generationId;
  }

  /** Its harts. */
  public Harts harts() {
    return harts;
  }

  /** Where kernel, initial RAM disk and device tree are after a reset. */
  public BootLayout layout() {
    return layout;
  }

  /** What its own devices have done. */
  public Metrics metrics() {
    return new Metrics(
        sbi.metrics(), plic.metrics(), uart.metrics(), rtc.metrics(), generationId.metrics());
  }

  /**
   * Counters of the board's own devices.
   *
   * @param sbi of the supervisor binary interface
   * @param plic of the interrupt controller
   * @param uart of the serial port
   * @param rtc of the real-time clock
   * @param generationId of the generation ID
   */
  public record Metrics(
      SbiMetrics sbi,
      PlicMetrics plic,
      UartMetrics uart,
      GoldfishRtcMetrics rtc,
      GenerationIdMetrics generationId) {}

  /** Stops the machine if it runs and frees what it holds, the memory among it. */
  @Override
  public void close() {
    machine.close();
  }

  private static BootLayout layOut(BoardConfiguration configuration) {
    BootLayout draft = new BootLayout(0, 0, 0, 0, 0);
    byte[] noSeed = new byte[BoardDeviceTree.SEED_BYTES];
    BootFile initialRamDisk = configuration.initialRamDisk();
    return BootLayout.of(
        BoardMap.MEMORY,
        configuration.memoryBytes(),
        configuration.kernel(),
        initialRamDisk == null ? 0 : initialRamDisk.size(),
        BoardDeviceTree.write(configuration, draft, noSeed).length);
  }

  private static BootLayout layOut(BoardConfiguration configuration, GuestMemory memory) {
    boolean laidOut = false;
    try {
      if (memory.base() != BoardMap.MEMORY || memory.size() != configuration.memoryBytes()) {
        throw new IllegalArgumentException("the memory is not the board's");
      }
      BootLayout layout = layOut(configuration);
      laidOut = true;
      return layout;
    } finally {
      if (!laidOut) {
        memory.close();
      }
    }
  }

  private void load() {
    byte[] seed = configuration.entropy().bytes(BoardDeviceTree.SEED_BYTES);
    copy(configuration.kernel().file(), layout.kernel());
    BootFile initialRamDisk = configuration.initialRamDisk();
    if (initialRamDisk != null) {
      copy(initialRamDisk, layout.initialRamDisk());
    }
    byte[] deviceTree = BoardDeviceTree.write(configuration, layout, seed);
    memory.write(layout.deviceTree(), deviceTree, 0, deviceTree.length);
    if (!harts.hart(0).start(layout.kernel(), layout.deviceTree())) {
      throw new IllegalStateException("hart 0 was not stopped by the reset");
    }
  }

  private void copy(BootFile file, long address) {
    MemorySegment content = file.content();
    MemorySegment.copy(content, 0, memory.segment(address, file.size()), 0, file.size());
    memory.written(address, file.size());
  }

  private void environmentCall(Hart hart) {
    SbiResult result =
        sbi.call(
            new SbiCall(
                boardHarts.get(hart.id()),
                hart.x(17),
                hart.x(16),
                hart.x(10),
                hart.x(11),
                hart.x(12),
                hart.x(13),
                hart.x(14),
                hart.x(15)));
    hart.setX(10, result.error());
    hart.setX(11, result.value());
  }

  private final class Fences implements SbiPlatform.RemoteFences {
    @Override
    public void instruction(int caller, long mask) {
      harts.remoteInstructionFence(harts.hart(caller), mask);
    }

    @Override
    public void address(int caller, long mask, long start, long size) {
      harts.remoteTranslationFence(harts.hart(caller), mask, start, size, -1);
    }

    @Override
    public void address(int caller, long mask, long start, long size, int addressSpace) {
      harts.remoteTranslationFence(harts.hart(caller), mask, start, size, addressSpace);
    }
  }

  private final class Power implements SbiPlatform.PowerControl {
    @Override
    public void powerOff(boolean failure) {
      machine.requestPowerOff(failure);
    }

    @Override
    public void reset() {
      machine.requestReset();
    }
  }
}
