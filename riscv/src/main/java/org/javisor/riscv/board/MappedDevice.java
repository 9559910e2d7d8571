package org.javisor.riscv.board;

import org.javisor.machine.Clock;
import org.javisor.machine.Device;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;

/**
 * A device with its registers.
 *
 * @param device its life cycle and state
 * @param registers what the guest reads and writes
 */
public record MappedDevice(Device device, MmioHandler registers) {
  /** A device that answers for its registers itself. */
  public static <D extends Device & MmioHandler> MappedDevice of(D device) {
    return new MappedDevice(device, device);
  }

  /** Makes a device of a board that is being built. */
  @FunctionalInterface
  public interface Factory {
    /**
     * Makes the device.
     *
     * @param interrupt its wire into the interrupt controller
     */
    MappedDevice create(GuestMemory memory, Clock clock, InterruptLine interrupt);
  }

  /**
   * A place on the board's bus for a device.
   *
   * @param node name of its device tree node, without the unit address
   * @param compatible its {@code compatible} property, such as {@code virtio,mmio}
   * @param registerBytes size of its register block, at most {@link BoardMap#SLOT_BYTES}
   * @param factory makes it
   */
  public record Slot(String node, String compatible, long registerBytes, Factory factory) {
    /** Checks the size. */
    public Slot {
      if (registerBytes <= 0 || registerBytes > BoardMap.SLOT_BYTES) {
        throw new IllegalArgumentException("a device of " + registerBytes + " register bytes");
      }
    }

    /** A slot of a virtio device over mmio (virtio 1.2, section 4.2). */
    public static Slot virtio(Factory factory) {
      return new Slot("virtio_mmio", "virtio,mmio", BoardMap.SLOT_BYTES, factory);
    }
  }
}
