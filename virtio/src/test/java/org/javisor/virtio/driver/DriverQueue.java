package org.javisor.virtio.driver;

import java.util.List;
import org.javisor.machine.GuestMemory;

/** The driver's side of one queue. */
public abstract class DriverQueue {
  /** The most pieces of one buffer in an indirect table. */
  protected static final int TABLE_ENTRIES = 64;

  protected final GuestMemory memory;
  protected final int size;
  protected final DriverOptions options;
  protected long descriptorArea;
  protected long driverArea;
  protected long deviceArea;

  DriverQueue(GuestMemory memory, int size, DriverOptions options) {
    this.memory = memory;
    this.size = size;
    this.options = options;
  }

  static DriverQueue create(GuestMemory memory, Arena arena, int size, DriverOptions options) {
    return options.packed()
        ? new PackedDriverQueue(memory, arena, size, options)
        : new SplitDriverQueue(memory, arena, size, options);
  }

  /**
   * Makes a buffer available, without notifying.
   *
   * @return a token, or -1 if the ring is full
   */
  public abstract int add(List<Piece> readable, List<Piece> writable);

  /** Whether the device wants to be notified of what was added since the last call. */
  public abstract boolean notificationWanted();

  /** The next buffer that the device has used, or null. */
  public abstract Used take();

  /** Asks for an interrupt for the next used buffer; true if there is one already. */
  public abstract boolean enableInterrupts();

  /** Tells the device that interrupts are not needed. */
  public abstract void disableInterrupts();

  protected static boolean passes(int event, int next, int old) {
    return ((next - event - 1) & 0xffff) < ((next - old) & 0xffff);
  }

  protected final void writeTable(
      long table, List<Piece> readable, List<Piece> writable, boolean chained) {
    int count = readable.size() + writable.size();
    for (int i = 0; i < count; i++) {
      boolean write = i >= readable.size();
      Piece piece = write ? writable.get(i - readable.size()) : readable.get(i);
      memory.putLong(table + 16L * i, piece.gpa());
      memory.putInt(table + 16L * i + 8, piece.length());
      int flags = (write ? 2 : 0) | (chained && i + 1 < count ? 1 : 0);
      if (chained) {
        memory.putShort(table + 16L * i + 12, (short) flags);
        memory.putShort(table + 16L * i + 14, (short) (i + 1));
      } else {
        memory.putShort(table + 16L * i + 12, (short) 0);
        memory.putShort(table + 16L * i + 14, (short) flags);
      }
    }
  }
}
