package org.javisor.storage.block;

import static org.javisor.storage.block.Qcow2Tables.COMPRESSED;
import static org.javisor.storage.block.Qcow2Tables.COPIED;
import static org.javisor.storage.block.Qcow2Tables.OFFSET_MASK;
import static org.javisor.storage.block.Qcow2Tables.ZERO;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A disk in a qcow2 image of version 2 or 3, as QEMU has them: with backing file, zero clusters and
 * compressed clusters, and beside internal snapshots, which stay as they are.
 *
 * <p>New tables are kept in memory until {@link #flush}, which writes in this order, each on stable
 * storage before the next: data and refcounts; second-level tables; the first-level table or the
 * header; and only then are clusters freed. What a crash leaves is a correct image with all that
 * was flushed, in which at most some clusters are marked used that nobody uses.
 *
 * <p>The image may be hostile: tables that lie outside the file or upon each other are an error, as
 * is data that lies upon a table; memory is bounded by 128 MiB.
 */
public final class Qcow2Image implements BlockDevice {
  private static final int DEFAULT_CLUSTER_BITS = 16;
  private static final long MOST_PENDING = 8 << 20;
  private static final long MOST_L1_BYTES = 32 << 20;

  private final Medium medium;
  private final boolean readOnly;
  private final @Nullable BlockDevice backing;
  private final Qcow2Claims claims;
  private final Qcow2Tables tables;
  private final Qcow2Refcounts refcounts;
  private final Qcow2Compression compression;
  private final int cluster;

  /** Held shared while places are used, alone while they change. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private volatile Qcow2Header header;
  private volatile boolean failed;

  private Qcow2Image(
      Medium medium,
      String file,
      Qcow2Header header,
      boolean readOnly,
      @Nullable BlockDevice backing)
      throws IOException {
    this.medium = medium;
    this.header = header;
    this.readOnly = readOnly;
    this.backing = backing;
    cluster = header.cluster();
    claims = new Qcow2Claims(file, cluster, Math.ceilDiv(medium.size(), (long) cluster));
    claims.claim(0, 1, "the header");
    refcounts = new Qcow2Refcounts(medium, file, header, claims);
    tables = new Qcow2Tables(medium, header, claims);
    compression = new Qcow2Compression(medium, header);
  }

  /** Whether a file begins as a qcow2 image does. */
  public static boolean isQcow2(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] magic = in.readNBytes(4);
      return magic.length == 4 && ByteBuffer.wrap(magic).getInt() == 0x514649fb;
    }
  }

  /**
   * Makes an image of version 3 with clusters of 64 KiB that reads as zeroes.
   *
   * @param size of the disk in bytes, a multiple of 512
   * @throws IOException if the file exists or cannot be made
   */
  public static Qcow2Image create(Path file, long size) throws IOException {
    return create(file, Qcow2Header.fresh(3, DEFAULT_CLUSTER_BITS, size), BackingFiles.NONE);
  }

  /**
   * Makes an image over a backing file.
   *
   * @param backing as {@code backingFiles} finds it
   * @param format of the backing file: {@code raw} or {@code qcow2}
   */
  public static Qcow2Image create(
      Path file, long size, String backing, String format, BackingFiles backingFiles)
      throws IOException {
    return create(
        file,
        Qcow2Header.fresh(3, DEFAULT_CLUSTER_BITS, size).withBacking(backing, format),
        backingFiles);
  }

  static Qcow2Image create(Path file, Qcow2Header wanted, BackingFiles backingFiles)
      throws IOException {
    if (wanted.size() <= 0 || wanted.size() % SECTOR != 0) {
      throw new IllegalArgumentException("disk of " + wanted.size() + " bytes");
    }
    HostFile medium = HostFile.create(file);
    try {
      writeEmpty(medium, wanted);
      return open(medium, file.toString(), false, backingFiles);
    } catch (IOException | RuntimeException e) {
      medium.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Header, refcount table, one refcount block, and the first-level table, in this order. */
  static void writeEmpty(Medium medium, Qcow2Header wanted) throws IOException {
    int size = wanted.cluster();
    long entries = Qcow2Header.l1Needed(wanted.size(), wanted.clusterBits());
    long l1Clusters = Math.max(1, Math.ceilDiv(entries * Long.BYTES, (long) size));
    if (entries * Long.BYTES > MOST_L1_BYTES
        || 3 + l1Clusters > ((size * 8L) >> wanted.refcountOrder())) {
      throw new IOException("a qcow2 image of so small clusters cannot be so large");
    }
    Qcow2Header header =
        wanted.withRefcountTable(size, 1).withL1(wanted.size(), (int) entries, 3L * size);
    medium.write(size, ByteBuffer.allocate(size).putLong(0, 2L * size));
    ByteBuffer block = ByteBuffer.allocate(size);
    for (int i = 0; i < 3 + l1Clusters; i++) {
      block.putShort(2 * i, (short) 1);
    }
    medium.write(2L * size, block);
    medium.write((3 + l1Clusters) * size - 1, ByteBuffer.allocate(1));
    medium.sync();
    medium.write(0, header.encode());
    medium.sync();
  }

  /**
   * Opens an image.
   *
   * @throws IOException if it is none, damaged, in use, has features that are not known here, or
   *     its backing file is not to be had
   */
  public static Qcow2Image open(Path file, boolean readOnly, BackingFiles backingFiles)
      throws IOException {
    HostFile medium = HostFile.open(file, !readOnly);
    try {
      return open(medium, file.toString(), readOnly, backingFiles);
    } catch (IOException | RuntimeException e) {
      medium.close();
      throw e;
    }
  }

  static Qcow2Image open(Medium medium, String file, boolean readOnly, BackingFiles backingFiles)
      throws IOException {
    Qcow2Header header = Qcow2Header.read(medium, file);
    if (!readOnly && (header.incompatible() & (Qcow2Header.DIRTY | Qcow2Header.CORRUPT)) != 0) {
      throw new IOException(
          file + " was not closed properly or is damaged; qemu-img check -r all repairs it");
    }
    if (!readOnly && header.autoclear() != 0) {
      throw new IOException(
          file + " has bitmaps, which writing would spoil; qemu-img bitmap --remove removes them");
    }
    BlockDevice backing =
        header.backing().isEmpty()
            ? null
            : backingFiles.open(header.backing(), header.backingFormat());
    try {
      return new Qcow2Image(medium, file, header, readOnly, backing);
    } catch (IOException | RuntimeException e) {
      if (backing != null) {
        backing.close();
      }
      throw e;
    }
  }

  @Override
  public long size() {
    return header.size();
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public long nextContents(long offset) throws IOException {
    BlockDevice below = backing;
    long theirs = below == null ? Long.MAX_VALUE : below.nextContents(offset);
    long index = offset / cluster;
    long end = Math.ceilDiv(size(), (long) cluster);
    Lock shared = lock.readLock();
    shared.lock();
    try {
      while (index < end && index * cluster < theirs) {
        if (tables.absent(index)) {
          index = tables.nextTable(index);
        } else if ((tables.get(index) & ~ZERO) == 0) {
          index++;
        } else {
          break;
        }
      }
    } finally {
      shared.unlock();
    }
    long next = Math.min(theirs, Math.max(offset, index * cluster));
    return next < size() ? next : Long.MAX_VALUE;
  }

  @Override
  public void read(long offset, ByteBuffer destination) throws IOException {
    Objects.checkFromIndexSize(offset, destination.remaining(), size());
    int limit = destination.limit();
    long at = offset;
    Lock shared = lock.readLock();
    shared.lock();
    try {
      while (destination.position() < limit) {
        int within = (int) (at % cluster);
        int length = Math.min(limit - destination.position(), cluster - within);
        destination.limit(destination.position() + length);
        read(at / cluster, tables.get(at / cluster), within, destination);
        at += length;
      }
    } finally {
      shared.unlock();
      destination.limit(limit);
    }
  }

  private void read(long index, long entry, int within, ByteBuffer destination) throws IOException {
    if ((entry & COMPRESSED) != 0) {
      destination.put(compression.read(entry), within, destination.remaining());
    } else if ((entry & ZERO) != 0 && header.version() >= 3) {
      Zeroes.fill(destination);
    } else if ((entry & OFFSET_MASK) != 0) {
      medium.read(place(entry) + within, destination);
    } else {
      readBacking(index * cluster + within, destination);
    }
  }

  private void readBacking(long offset, ByteBuffer destination) throws IOException {
    BlockDevice below = backing;
    int limit = destination.limit();
    long there = below == null ? 0 : Math.clamp(below.size() - offset, 0, destination.remaining());
    if (below != null && there > 0) {
      destination.limit(destination.position() + (int) there);
      below.read(offset, destination);
      destination.limit(limit);
    }
    Zeroes.fill(destination);
  }

  /** Where the data of an entry lies: anywhere in the file but in a table. */
  private long place(long entry) throws IOException {
    long place = entry & OFFSET_MASK;
    if (place % cluster != 0 || place / cluster >= refcounts.end()) {
      throw claims.damaged("data lies at " + place + ", outside the file");
    }
    if (claims.isTable(place)) {
      throw claims.damaged("data and a table lie both at " + place);
    }
    return place;
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    Objects.checkFromIndexSize(offset, source.remaining(), size());
    checkWritable();
    int limit = source.limit();
    long at = offset;
    try {
      while (source.position() < limit) {
        int within = (int) (at % cluster);
        int length = Math.min(limit - source.position(), cluster - within);
        source.limit(source.position() + length);
        if (!writeInPlace(at / cluster, within, source)) {
          writeElsewhere(at / cluster, within, source);
        }
        at += length;
      }
    } finally {
      source.limit(limit);
    }
  }

  private boolean writeInPlace(long index, int within, ByteBuffer source) throws IOException {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      long entry = tables.get(index);
      if ((entry & COPIED) == 0 || (entry & (COMPRESSED | ZERO)) != 0) {
        return false;
      }
      medium.write(place(entry) + within, source);
      return true;
    } finally {
      shared.unlock();
    }
  }

  private void writeElsewhere(long index, int within, ByteBuffer source) throws IOException {
    Lock alone = lock.writeLock();
    alone.lock();
    try {
      long entry = tables.get(index);
      ByteBuffer whole = ByteBuffer.allocate(cluster);
      if (source.remaining() < cluster) {
        read(index, entry, 0, whole);
      }
      whole.clear().position(within);
      whole.put(source).clear();
      tables.prepare(index, refcounts);
      // A zero cluster may have its place already; or somebody else was faster.
      boolean ours = (entry & COPIED) != 0 && (entry & COMPRESSED) == 0;
      long place = ours ? place(entry) : refcounts.allocate();
      try {
        medium.write(place, whole);
      } catch (IOException e) {
        if (!ours) {
          refcounts.release(place);
        }
        throw e;
      }
      tables.set(index, place | COPIED);
      if (!ours) {
        release(entry);
      }
      flushIfMuch();
    } finally {
      alone.unlock();
    }
  }

  /** The disk does not use the clusters of this entry any more. */
  private void release(long entry) throws IOException {
    if ((entry & COMPRESSED) != 0) {
      long from = compression.offset(entry) / cluster;
      long to = (compression.offset(entry) + compression.length(entry) - 1) / cluster;
      for (long at = from; at <= to; at++) {
        refcounts.release(at * cluster);
      }
      compression.forget();
    } else if ((entry & OFFSET_MASK) != 0) {
      refcounts.release(place(entry));
    }
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkWritable();
    long end = offset + length;
    // The disk's last cluster may be cut off; behind its end nobody looks.
    long to = end == size() ? Math.ceilDiv(end, (long) cluster) : end / cluster;
    zeroClusters(Math.ceilDiv(offset, (long) cluster), to, true);
  }

  @Override
  public void writeZeroes(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkWritable();
    long end = offset + length;
    long first = Math.ceilDiv(offset, (long) cluster);
    long last = end == size() ? Math.ceilDiv(end, (long) cluster) : end / cluster;
    if (first < last) {
      zeroPart(offset, first * cluster);
      zeroClusters(first, last, false);
      zeroPart(last * cluster, end);
    } else {
      zeroPart(offset, end);
    }
  }

  private void zeroPart(long from, long to) throws IOException {
    if (from < to && nextContents(from) < to) {
      write(from, ByteBuffer.allocate((int) (to - from)));
    }
  }

  private void zeroClusters(long from, long to, boolean optional) throws IOException {
    long index = from;
    while (index < to) {
      Lock alone = lock.writeLock();
      alone.lock();
      try {
        boolean below = backing != null && index * cluster < backing.size();
        if (!below && tables.absent(index)) {
          index = tables.nextTable(index);
        } else {
          if (!below || header.version() >= 3) {
            forgetCluster(index, below ? ZERO : 0);
          } else if (!optional) {
            long length = Math.min(cluster, size() - index * cluster);
            write(index * cluster, ByteBuffer.allocate((int) length));
          }
          index++;
        }
      } finally {
        alone.unlock();
      }
    }
  }

  private void forgetCluster(long index, long zero) throws IOException {
    long entry = tables.get(index);
    if (entry != zero) {
      tables.prepare(index, refcounts);
      release(entry);
      tables.set(index, zero);
      flushIfMuch();
    }
  }

  /**
   * Makes the disk larger; what is new is zero.
   *
   * @throws IOException if {@code newSize} is smaller than the size or no multiple of 512, the
   *     image has internal snapshots, or its tables cannot become so large
   */
  public void grow(long newSize) throws IOException {
    checkWritable();
    Lock alone = lock.writeLock();
    alone.lock();
    try {
      long old = size();
      long entries = Qcow2Header.l1Needed(newSize, header.clusterBits());
      if (newSize < old
          || newSize % SECTOR != 0
          || entries * Long.BYTES > MOST_L1_BYTES
          || header.snapshots() > 0) {
        throw new IOException(
            "a qcow2 disk of %d bytes%s cannot become one of %d"
                .formatted(old, header.snapshots() > 0 ? " with internal snapshots" : "", newSize));
      }
      flush();
      if (entries > header.l1Entries()) {
        long place = tables.copyFirst((int) entries, refcounts);
        flush();
        storeHeader(header.withL1(old, (int) entries, place));
        tables.firstMoved((int) entries, place, refcounts);
      }
      // The backing file, or the rest of the last cluster, must not come to light.
      Qcow2Header grown = header.withL1(newSize, header.l1Entries(), header.l1Offset());
      header = grown;
      long below = backing == null ? 0 : backing.size();
      long clusterEnd = Math.ceilDiv(old, (long) cluster) * cluster;
      try {
        writeZeroes(old, Math.min(newSize, Math.max(below, clusterEnd)) - Math.min(old, newSize));
        flush();
      } catch (IOException e) {
        header = grown.withL1(old, grown.l1Entries(), grown.l1Offset());
        throw e;
      }
      storeHeader(grown);
      flush();
    } finally {
      alone.unlock();
    }
  }

  private void storeHeader(Qcow2Header changed) throws IOException {
    sync();
    medium.write(20, changed.encodeChanging());
    sync();
    header = changed;
  }

  private void flushIfMuch() throws IOException {
    if (refcounts.pendingBytes() + tables.pendingBytes() > MOST_PENDING) {
      flush();
    }
  }

  private void checkWritable() throws IOException {
    if (readOnly) {
      throw new IOException("the disk is read-only");
    }
    if (failed) {
      throw new IOException("the disk has failed to reach stable storage before");
    }
  }

  @Override
  public void flush() throws IOException {
    if (readOnly) {
      return;
    }
    checkWritable();
    Lock alone = lock.writeLock();
    alone.lock();
    try {
      refcounts.store();
      sync();
      if (refcounts.tableChanged()) {
        Qcow2Header moved = refcounts.storeTable(header);
        if (moved.equals(header)) {
          sync();
        } else {
          storeHeader(moved);
          refcounts.tableStored();
        }
      }
      if (tables.pendingBytes() > 0) {
        tables.storeTables();
        sync();
      }
      if (tables.firstChanged()) {
        tables.storeFirst();
        sync();
      }
      refcounts.applyReleases();
    } finally {
      alone.unlock();
    }
  }

  private void sync() throws IOException {
    try {
      medium.sync();
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  /** Flushes and closes the image and its backing file. */
  @Override
  public void close() throws IOException {
    BlockDevice below = backing;
    try (medium;
        below) {
      if (!failed) {
        flush();
      }
    }
  }
}
