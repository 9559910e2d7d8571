package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The guest's RAM: one contiguous range of guest physical addresses, mapped to machine memory that
 * costs only what the guest touches.
 *
 * <p>The accessors here check every address and are meant for devices, firmware calls and loaders;
 * values are little-endian at any alignment. An engine's hot path translates once through {@link
 * #machineAddress} and then uses {@link RawMemory}.
 *
 * <p>Writes can be watched page by page ({@link #watch}): the dirty log of a migration and the
 * decode cache of an engine are watchers. A watched page costs an engine nothing on its fast path,
 * because it never caches write permission for a page that is {@link #watched}; its slow path
 * stores and then calls {@link #written}. All methods are safe from any thread.
 */
public final class GuestMemory implements AutoCloseable {
  /** Bytes in a page. */
  public static final int PAGE_SIZE = 4096;

  /** log2 of {@link #PAGE_SIZE}. */
  public static final int PAGE_SHIFT = 12;

  private static final int MAX_WATCHES = 8;
  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(byte[].class);

  private final @Nullable MemoryImage image;
  private final long base;
  private final long size;
  private final MachineMapping mapping;
  private final MemorySegment segment;
  private final long offset;
  private final byte[] pageFlags;
  private final List<WriteWatch> watches = new CopyOnWriteArrayList<>();
  private final List<Runnable> permissionCaches = new CopyOnWriteArrayList<>();

  private GuestMemory(long base, long size, MachineMapping mapping, @Nullable MemoryImage image) {
    this.image = image;
    this.base = base;
    this.size = size;
    this.mapping = mapping;
    this.segment = mapping.segment();
    this.offset = segment.address() - base;
    this.pageFlags = new byte[Math.toIntExact(size >>> PAGE_SHIFT)];
  }

  /**
   * Maps {@code size} bytes of guest memory at guest physical address {@code base}.
   *
   * @param base page-aligned guest physical address
   * @param size bytes, a positive multiple of the page size, at most 1 TiB
   * @throws IllegalArgumentException if base or size is not acceptable
   * @throws OutOfMemoryError if the operating system refuses the mapping
   */
  public static GuestMemory allocate(long base, long size) {
    checkPlace(base, size);
    return new GuestMemory(base, size, MachineMapping.create(size), null);
  }

  /**
   * Maps the first {@code size} bytes of a file as guest memory, privately: the guest's writes go
   * to copies of the pages, and the pages that no machine has written are there once, however many
   * machines map the file. It takes no longer for a large file than for a small one.
   *
   * @param base page-aligned guest physical address
   * @param size bytes, a positive multiple of the page size, at most 1 TiB
   * @param file at least as long; it must neither shrink nor change while the memory is in use, but
   *     may be deleted
   * @throws IllegalArgumentException if base or size is not acceptable
   * @throws IOException if the file is shorter, or cannot be mapped
   */
  public static GuestMemory map(long base, long size, Path file) throws IOException {
    checkPlace(base, size);
    MemoryImage image = MemoryImage.of(file, size);
    return new GuestMemory(base, size, MachineMapping.copyOf(image), image);
  }

  /**
   * The memory of a machine that another process hands over: what was said by {@link #handOver}
   * there. That process must not touch its memory any more; it may end.
   *
   * @param base page-aligned guest physical address
   * @param size bytes, a positive multiple of the page size, at most 1 TiB
   * @throws IllegalArgumentException if base or size is not acceptable
   * @throws IOException if the memory is not there, or is of another size
   */
  public static GuestMemory takeOver(long base, long size, MemoryHandOver from) throws IOException {
    checkPlace(base, size);
    return switch (from) {
      case MemoryHandOver.Whole whole ->
          new GuestMemory(base, size, MachineMapping.takeOver(whole.file(), size), null);
      case MemoryHandOver.Changes changes -> {
        GuestMemory memory = map(base, size, changes.image());
        boolean filled = false;
        try {
          memory.mapping.copyPages(changes.file());
          filled = true;
        } finally {
          if (!filled) {
            memory.close();
          }
        }
        yield memory;
      }
    };
  }

  /**
   * Says where another process of the same user finds this memory, to go on with it. Call it with
   * the machine paused, and again if it has run since.
   *
   * @throws IOException if this host cannot share memory
   */
  public MemoryHandOver handOver() throws IOException {
    return mapping.handOver();
  }

  /**
   * Where this memory is a file in memory, so that a page that has never been touched can be told
   * from one that is zero; empty where it is not.
   */
  public Optional<Path> file() {
    return mapping.file();
  }

  private static void checkPlace(long base, long size) {
    if (size <= 0 || size > 1L << 40 || (size & (PAGE_SIZE - 1)) != 0) {
      throw new IllegalArgumentException("guest memory of " + size + " bytes");
    }
    if (base < 0 || (base & (PAGE_SIZE - 1)) != 0) {
      throw new IllegalArgumentException("guest memory at 0x" + Long.toHexString(base));
    }
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("a little-endian host is needed");
    }
  }

  /**
   * What the memory was at first a copy of; pages that nobody has written to since are still the
   * same.
   */
  public Optional<MemoryImage> image() {
    return Optional.ofNullable(image);
  }

  /** First guest physical address. */
  public long base() {
    return base;
  }

  /** Bytes of guest memory. */
  public long size() {
    return size;
  }

  /** Whether all {@code length} bytes at {@code gpa} are guest memory. */
  public boolean contains(long gpa, long length) {
    long start = gpa - base;
    return length >= 0 && start >= 0 && start <= size && length <= size - start;
  }

  /** The machine address of {@code gpa}, unchecked: the caller has validated it. */
  public long machineAddress(long gpa) {
    return gpa + offset;
  }

  /** What to add to a guest physical address to get its machine address. */
  public long machineOffset() {
    return offset;
  }

  /** The byte at {@code gpa}. */
  public byte getByte(long gpa) {
    return RawMemory.getByte(checked(gpa, 1));
  }

  /** The 16-bit value at {@code gpa}. */
  public short getShort(long gpa) {
    return RawMemory.getShort(checked(gpa, 2));
  }

  /** The 32-bit value at {@code gpa}. */
  public int getInt(long gpa) {
    return RawMemory.getInt(checked(gpa, 4));
  }

  /** The 64-bit value at {@code gpa}. */
  public long getLong(long gpa) {
    return RawMemory.getLong(checked(gpa, 8));
  }

  /** Writes a byte. */
  public void putByte(long gpa, byte value) {
    RawMemory.putByte(checked(gpa, 1), value);
    written(gpa, 1);
  }

  /** Writes a 16-bit value. */
  public void putShort(long gpa, short value) {
    RawMemory.putShort(checked(gpa, 2), value);
    written(gpa, 2);
  }

  /** Writes a 32-bit value. */
  public void putInt(long gpa, int value) {
    RawMemory.putInt(checked(gpa, 4), value);
    written(gpa, 4);
  }

  /** Writes a 64-bit value. */
  public void putLong(long gpa, long value) {
    RawMemory.putLong(checked(gpa, 8), value);
    written(gpa, 8);
  }

  /** Reads a naturally aligned 16-bit value; later accesses stay after it. */
  public short getShortAcquire(long gpa) {
    return RawMemory.getShortVolatile(aligned(gpa, 2));
  }

  /** Writes a naturally aligned 16-bit value; earlier accesses stay before it. */
  public void putShortRelease(long gpa, short value) {
    RawMemory.putShortVolatile(aligned(gpa, 2), value);
    written(gpa, 2);
  }

  /** Copies {@code length} bytes at {@code gpa} into an array. */
  public void read(long gpa, byte[] destination, int start, int length) {
    Objects.checkFromIndexSize(start, length, destination.length);
    RawMemory.copyOut(checked(gpa, length), destination, start, length);
  }

  /** Copies {@code length} bytes of an array to {@code gpa}. */
  public void write(long gpa, byte[] source, int start, int length) {
    Objects.checkFromIndexSize(start, length, source.length);
    RawMemory.copyIn(source, start, checked(gpa, length), length);
    written(gpa, length);
  }

  /** Zeroes {@code length} bytes at {@code gpa}. */
  public void zero(long gpa, long length) {
    RawMemory.fill(checked(gpa, length), length, (byte) 0);
    written(gpa, length);
  }

  /**
   * Gives whole pages back to the operating system, as a balloon does: what is in them afterwards
   * is zeroes, or what the memory was a copy of, or, where the system cannot take them, what was.
   * The addresses stay usable; the watchers are told.
   *
   * @param gpa of a page
   * @param length a multiple of the page size
   * @return whether the system has taken them
   * @throws GuestAddressException if they are not whole pages of guest memory
   */
  public boolean discard(long gpa, long length) {
    long address = checked(gpa, length);
    if (((gpa | length) & (PAGE_SIZE - 1)) != 0) {
      throw new GuestAddressException(gpa, length);
    }
    boolean released = length > 0 && mapping.release(address, length);
    written(gpa, length);
    return released;
  }

  /**
   * A bounds-checked view for bulk input and output. After writing through it, call {@link
   * #written}; the view becomes unusable when this memory is closed.
   */
  public MemorySegment segment(long gpa, long length) {
    checked(gpa, length);
    return segment.asSlice(gpa - base, length);
  }

  /**
   * Zeroes all of it, as a power cycle does, and gives back what it took; the watchers are told.
   * Call it with the machine paused.
   */
  public void clear() {
    mapping.clear();
    written(base, size);
  }

  /**
   * Makes all of it a private copy of a file, as {@link #map} does, giving back what it took
   * before; the watchers are told. Call it with the machine paused.
   *
   * @throws IOException if the file is shorter, or cannot be mapped; nothing has changed then
   */
  public void replaceWith(Path file) throws IOException {
    mapping.replaceWith(MemoryImage.of(file, size));
    written(base, size);
  }

  /**
   * As {@link #replaceWith(Path)}, with the changes of a machine that is handed over.
   *
   * @throws IOException if a file is of another size, or cannot be mapped
   */
  public void replaceWith(MemoryHandOver.Changes changes) throws IOException {
    replaceWith(changes.image());
    mapping.copyPages(changes.file());
  }

  /**
   * Adds a watcher with no page in its watch yet.
   *
   * @throws IllegalStateException if eight watchers exist already
   */
  public synchronized WriteWatch watch(WriteWatcher watcher) {
    int taken = 0;
    for (WriteWatch watch : watches) {
      taken |= watch.mask() & 0xff;
    }
    int bit = Integer.numberOfTrailingZeros(~taken);
    if (bit >= MAX_WATCHES) {
      throw new IllegalStateException("guest memory has " + MAX_WATCHES + " watchers already");
    }
    WriteWatch watch = new WriteWatch(this, bit, watcher);
    watches.add(watch);
    return watch;
  }

  /** Ends a watch: its watcher is told of nothing any more, and another one may take its place. */
  public synchronized void unwatch(WriteWatch watch) {
    if (watches.remove(watch)) {
      for (long page = 0; page < size; page += PAGE_SIZE) {
        watch.clear(base + page);
      }
    }
  }

  /** Whether any watcher watches the page that holds {@code gpa}, which must be guest memory. */
  public boolean watched(long gpa) {
    return pageFlags(gpa) != 0;
  }

  /** Tells the watchers of a write that has just been made to {@code length} bytes at gpa. */
  public void written(long gpa, long length) {
    // The data must be visible before the flags are read: a watcher that sets its bit and then
    // reads the page either sees the new data or is told of it.
    if (watches.isEmpty() || length <= 0) {
      return;
    }
    RawMemory.fullFence();
    int flags = 0;
    int last = (int) ((gpa + length - 1 - base) >>> PAGE_SHIFT);
    for (int page = (int) ((gpa - base) >>> PAGE_SHIFT); page <= last; page++) {
      flags |= (byte) FLAGS.getOpaque(pageFlags, page);
    }
    if (flags != 0) {
      for (WriteWatch watch : watches) {
        if ((flags & watch.mask()) != 0) {
          watch.watcher().written(gpa, length);
        }
      }
    }
  }

  /** Registers what to run when cached write permission must go: an engine's soft TLB. */
  public void onDropCachedWritePermission(Runnable drop) {
    permissionCaches.add(drop);
  }

  /** Makes every engine forget cached write permission; call it with the machine paused. */
  public void dropCachedWritePermission() {
    permissionCaches.forEach(Runnable::run);
  }

  @Override
  public void close() {
    mapping.close();
  }

  byte pageFlags(long gpa) {
    return (byte) FLAGS.getVolatile(pageFlags, (int) ((gpa - base) >>> PAGE_SHIFT));
  }

  boolean setPageFlag(long gpa, byte mask) {
    int page = (int) ((gpa - base) >>> PAGE_SHIFT);
    return ((byte) FLAGS.getAndBitwiseOr(pageFlags, page, mask) & mask) == 0;
  }

  boolean clearPageFlag(long gpa, byte mask) {
    int page = (int) ((gpa - base) >>> PAGE_SHIFT);
    return ((byte) FLAGS.getAndBitwiseAnd(pageFlags, page, (byte) ~mask) & mask) != 0;
  }

  private long checked(long gpa, long length) {
    if (!contains(gpa, length)) {
      throw new GuestAddressException(gpa, length);
    }
    return gpa + offset;
  }

  private long aligned(long gpa, int length) {
    if ((gpa & (length - 1)) != 0) {
      throw new GuestAddressException(gpa, length);
    }
    return checked(gpa, length);
  }
}
