package org.javisor.riscv.board;

import java.util.List;
import org.javisor.riscv.board.boot.BootLayout;
import org.javisor.riscv.board.devicetree.DeviceTreeNode;
import org.javisor.riscv.board.devicetree.FlattenedDeviceTree;
import org.javisor.riscv.board.generation.GenerationIdConfiguration;
import org.javisor.riscv.board.plic.PlicConfiguration;
import org.javisor.riscv.board.rtc.GoldfishRtcConfiguration;
import org.javisor.riscv.board.uart.UartConfiguration;

/** Describes a board to the kernel (Devicetree Specification 0.4 and Linux's RISC-V bindings). */
final class BoardDeviceTree {
  /** Bytes of randomness the kernel is given; it mixes them into its pool before anything else. */
  static final int SEED_BYTES = 64;

  /** What every hart implements, in the canonical order (volume I, chapter "Naming"). */
  static final List<String> EXTENSIONS =
      List.of(
          "i",
          "m",
          "a",
          "f",
          "d",
          "c",
          "zicntr",
          "zicsr",
          "zifencei",
          "zba",
          "zbb",
          "zbs",
          "sstc",
          "svade");

  private static final int PLIC_PHANDLE = 1;
  private static final int FIRST_HART_PHANDLE = 2;
  private static final int SUPERVISOR_EXTERNAL = 9;

  private BoardDeviceTree() {}

  /**
   * The flattened tree. Its length does not depend on the layout or the seed.
   *
   * @param seed randomness for the kernel, {@link #SEED_BYTES} long
   */
  static byte[] write(BoardConfiguration board, BootLayout layout, byte[] seed) {
    DeviceTreeNode root =
        DeviceTreeNode.root()
            .cells("#address-cells", 2)
            .cells("#size-cells", 2)
            .strings("compatible", "javisor,riscv-board")
            .strings("model", "Javisor RISC-V board");
    chosen(root, board, layout, seed);
    root.child("aliases").strings("serial0", path("serial", BoardMap.UART));
    root.child(at("memory", BoardMap.MEMORY))
        .strings("device_type", "memory")
        .longs("reg", BoardMap.MEMORY, board.memoryBytes());
    harts(root, board.harts());
    devices(root, board);
    return FlattenedDeviceTree.write(root, 0);
  }

  private static void chosen(
      DeviceTreeNode root, BoardConfiguration board, BootLayout layout, byte[] seed) {
    DeviceTreeNode chosen =
        root.child("chosen")
            .strings("bootargs", board.commandLine())
            .strings("stdout-path", "serial0:115200n8")
            .bytes("rng-seed", seed);
    if (board.initialRamDisk() != null) {
      chosen
          .longs("linux,initrd-start", layout.initialRamDisk())
          .longs("linux,initrd-end", layout.initialRamDiskEnd());
    }
  }

  private static void harts(DeviceTreeNode root, int count) {
    DeviceTreeNode harts =
        root.child("cpus")
            .cells("#address-cells", 1)
            .cells("#size-cells", 0)
            .cells("timebase-frequency", BoardMap.TIMEBASE_HERTZ);
    for (int id = 0; id < count; id++) {
      DeviceTreeNode hart =
          harts
              .child("cpu@" + Integer.toHexString(id))
              .strings("device_type", "cpu")
              .cells("reg", id)
              .strings("status", "okay")
              .strings("compatible", "riscv")
              .strings("mmu-type", "riscv,sv57")
              .strings("riscv,isa-base", "rv64i")
              .strings("riscv,isa-extensions", EXTENSIONS.toArray(String[]::new))
              // The older binding, for kernels before 6.7.
              .strings("riscv,isa", isaString());
      hart.child("interrupt-controller")
          .strings("compatible", "riscv,cpu-intc")
          .cells("#address-cells", 0)
          .cells("#interrupt-cells", 1)
          .flag("interrupt-controller")
          .phandle(FIRST_HART_PHANDLE + id);
    }
  }

  private static String isaString() {
    StringBuilder isa = new StringBuilder("rv64");
    for (String extension : EXTENSIONS) {
      isa.append(extension.length() > 1 ? "_" : "").append(extension);
    }
    return isa.toString();
  }

  private static void devices(DeviceTreeNode root, BoardConfiguration board) {
    DeviceTreeNode soc =
        root.child("soc")
            .cells("#address-cells", 2)
            .cells("#size-cells", 2)
            .strings("compatible", "simple-bus")
            .cells("interrupt-parent", PLIC_PHANDLE)
            .flag("ranges");
    int[] contexts = new int[board.harts() * 2];
    for (int id = 0; id < board.harts(); id++) {
      contexts[id * 2] = FIRST_HART_PHANDLE + id;
      contexts[id * 2 + 1] = SUPERVISOR_EXTERNAL;
    }
    PlicConfiguration plic = plic(board);
    soc.child(at("interrupt-controller", BoardMap.PLIC))
        .strings("compatible", "sifive,plic-1.0.0", "riscv,plic0")
        .longs("reg", BoardMap.PLIC, plic.registerBytes())
        .cells("#interrupt-cells", 1)
        .cells("#address-cells", 0)
        .flag("interrupt-controller")
        .cells("interrupts-extended", contexts)
        .cells("riscv,ndev", plic.sources())
        .phandle(PLIC_PHANDLE);
    soc.child(at("rtc", BoardMap.RTC))
        .strings("compatible", "google,goldfish-rtc")
        .longs("reg", BoardMap.RTC, GoldfishRtcConfiguration.REGISTER_BYTES)
        .cells("interrupts", BoardMap.RTC_INTERRUPT);
    soc.child(at("vmgenid", BoardMap.GENERATION_ID))
        .strings("compatible", "microsoft,vmgenid")
        .longs("reg", BoardMap.GENERATION_ID, GenerationIdConfiguration.REGISTER_BYTES)
        .cells("interrupts", BoardMap.GENERATION_ID_INTERRUPT);
    soc.child(at("serial", BoardMap.UART))
        .strings("compatible", "ns16550a")
        .longs("reg", BoardMap.UART, UartConfiguration.REGISTER_BYTES)
        .cells("clock-frequency", UartConfiguration.DEFAULT_CLOCK_HERTZ)
        .cells("interrupts", BoardMap.UART_INTERRUPT);
    for (int slot = 0; slot < board.slots().size(); slot++) {
      MappedDevice.Slot device = board.slots().get(slot);
      soc.child(at(device.node(), BoardMap.slot(slot)))
          .strings("compatible", device.compatible())
          .longs("reg", BoardMap.slot(slot), device.registerBytes())
          .cells("interrupts", BoardMap.FIRST_SLOT_INTERRUPT + slot);
    }
  }

  /** The interrupt controller of a board. */
  static PlicConfiguration plic(BoardConfiguration board) {
    return new PlicConfiguration(BoardMap.INTERRUPT_SOURCES, board.harts());
  }

  private static String at(String node, long address) {
    return node + "@" + Long.toHexString(address);
  }

  private static String path(String node, long address) {
    return "/soc/" + at(node, address);
  }
}
