package org.javisor.storage.block;

import static org.javisor.storage.block.ClusterMap.CLUSTER;
import static org.javisor.storage.block.ClusterMap.LEAF_ENTRIES;
import static org.javisor.storage.block.ClusterMap.PAGE;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A copy-on-write disk: what was written lies in the overlay's file, everything else is read from a
 * base that is never changed and that many overlays may share. The disk may be larger than the
 * base; it is zero behind the base's end.
 *
 * <h2>Format</h2>
 *
 * The file consists of clusters of 64 KiB, numbers are little-endian. Cluster 0 holds the {@link
 * OverlayHeader}. From cluster 1 on lies the directory: for each 512 MiB of disk the number of the
 * cluster that holds its leaf of the map, or 0. A leaf has 8192 {@linkplain ClusterEntry entries},
 * one for each 64 KiB of disk, that say where each of sixteen pages of 4 KiB is: in the overlay's
 * file, in the base, or nowhere because it is zero. So a guest's 4 KiB write costs one page and no
 * reading, and zeroes cost nothing. All other clusters hold pages or are free; which are free is
 * not stored but found when the overlay is opened.
 *
 * <h2>What a crash leaves</h2>
 *
 * Pages are written to places that the map in the file does not point to, or to where the map
 * already says they are. The map in memory is written only by {@link #flush}, in this order: sync
 * the pages, and new leaves, which nothing points to yet; then write entries in place and pointers
 * to the new leaves; sync again. An entry or pointer is eight aligned bytes, which storage writes
 * whole or not at all, and it is valid before and after. Thus at any moment the file holds a map
 * whose every pointer leads to contents that were synced before, and everything that a flush has
 * acknowledged. A cluster that a discard frees is used again only after a flush, when the map in
 * the file has forgotten it too. If a sync fails, the disk refuses to go on, because nobody knows
 * then what the host's storage holds.
 */
public final class Overlay implements BlockDevice {

  /** The largest disk an overlay can be, in bytes: 16 TiB. */
  public static final long MAXIMUM_SIZE = ClusterMap.capacity(ClusterMap.MOST_DIRECTORY_CLUSTERS);

  /** Freed clusters that may wait for a flush; more and we flush ourselves. */
  private static final int MOST_PENDING = 1024;

  private final Medium medium;
  private final ClusterMap map;
  private final ClusterAllocator allocator;
  private final OverlayFile file;
  private final OverlayClusters clusters;

  /** False for a disk that ends with this process: nothing is flushed. */
  private final boolean lasting;

  private final ReentrantLock flushing = new ReentrantLock();
  private volatile OverlayHeader header;
  private volatile boolean failed;
  private volatile boolean frozen;

  private Overlay(
      Medium medium,
      BlockDevice base,
      OverlayHeader header,
      ClusterMap map,
      ClusterAllocator allocator,
      boolean lasting) {
    this.medium = medium;
    this.header = header;
    this.map = map;
    this.allocator = allocator;
    this.lasting = lasting;
    file = new OverlayFile(medium);
    clusters = new OverlayClusters(medium, base, map, allocator, lasting);
  }

  /**
   * Makes an overlay over {@code base}, which stays the caller's to close.
   *
   * @param baseIdentity what tells the base from every other one, usually its digest
   * @param size of the disk in bytes, a multiple of 512, not smaller than the base
   * @throws IOException if the file exists or cannot be made
   */
  public static Overlay create(Path file, BlockDevice base, String baseIdentity, long size)
      throws IOException {
    HostFile medium = HostFile.create(file);
    try {
      return create(medium, base, baseIdentity, size);
    } catch (IOException | RuntimeException e) {
      medium.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  static Overlay create(Medium medium, BlockDevice base, String baseIdentity, long size)
      throws IOException {
    OverlayHeader header = newHeader(base, baseIdentity, size);
    new OverlayFile(medium).writeHeader(header);
    return fresh(medium, base, header, true);
  }

  /**
   * Makes an overlay that ends with this process: its file has no name, nothing is ever synced.
   *
   * @param folder where the host keeps what is written
   */
  public static Overlay anonymous(Path folder, BlockDevice base, long size) throws IOException {
    OverlayHeader header = newHeader(base, "", size);
    return fresh(HostFile.anonymous(folder), base, header, false);
  }

  private static OverlayHeader newHeader(BlockDevice base, String baseIdentity, long size) {
    if (size < base.size() || size <= 0 || size > MAXIMUM_SIZE || size % SECTOR != 0) {
      throw new IllegalArgumentException(
          "overlay of %d bytes over a base of %d".formatted(size, base.size()));
    }
    return new OverlayHeader(size, base.size(), baseIdentity, directoryFor(size));
  }

  /** One cluster of directory describes 4 TiB: room for most disks to grow. */
  private static int directoryFor(long size) {
    return size <= ClusterMap.capacity(1) ? 1 : ClusterMap.MOST_DIRECTORY_CLUSTERS;
  }

  private static Overlay fresh(
      Medium medium, BlockDevice base, OverlayHeader header, boolean lasting) {
    ClusterMap map = new ClusterMap(header.directoryClusters());
    ClusterAllocator allocator = new ClusterAllocator(1 + header.directoryClusters(), new BitSet());
    return new Overlay(medium, base, header, map, allocator, lasting);
  }

  /**
   * Opens an overlay with the base it was made over, which stays the caller's to close.
   *
   * @throws IOException if the file is in use, no overlay or damaged, or was made over another base
   */
  public static Overlay open(Path file, BlockDevice base, String baseIdentity) throws IOException {
    HostFile medium = HostFile.open(file, true);
    try {
      return open(medium, base, baseIdentity, file.toString());
    } catch (IOException | RuntimeException e) {
      medium.close();
      throw e;
    }
  }

  static Overlay open(Medium medium, BlockDevice base, String baseIdentity, String name)
      throws IOException {
    OverlayHeader header = new OverlayFile(medium).readHeader(name);
    if (header.baseSize() != base.size() || !header.baseIdentity().equals(baseIdentity)) {
      throw new IOException(
          "overlay %s was made over %s of %d bytes, not over %s of %d bytes"
              .formatted(
                  name, header.baseIdentity(), header.baseSize(), baseIdentity, base.size()));
    }
    return load(medium, base, name);
  }

  private static Overlay load(Medium medium, BlockDevice base, String name) throws IOException {
    OverlayFile file = new OverlayFile(medium);
    OverlayHeader header = file.readHeader(name);
    ClusterMap map = new ClusterMap(header.directoryClusters());
    BitSet used = file.load(header, map, name);
    BitSet free = new BitSet();
    free.set(0, used.length());
    free.andNot(used);
    return new Overlay(medium, base, header, map, new ClusterAllocator(used.length(), free), true);
  }

  /** Makes a layer of a {@link LayeredDisk} over the device below it. */
  static Overlay createLayer(Medium medium, BlockDevice below, LayerId id, long size)
      throws IOException {
    OverlayHeader header =
        new OverlayHeader(size, below.size(), layerIdentity(id), directoryFor(size));
    new OverlayFile(medium).writeHeader(header);
    return fresh(medium, below, header, true);
  }

  /**
   * Opens a layer of a {@link LayeredDisk}; what lies below it, only the disk knows.
   *
   * @param adopted the identity that an overlay may have instead that was no layer when it was made
   * @param frozen whether it is only read
   */
  static Overlay openLayer(
      Medium medium, BlockDevice below, LayerId id, String adopted, String name, boolean frozen)
      throws IOException {
    String identity = new OverlayFile(medium).readHeader(name).baseIdentity();
    if (!identity.equals(layerIdentity(id)) && !identity.equals(adopted)) {
      throw new IOException(name + " is not layer " + id);
    }
    Overlay layer = load(medium, below, name);
    if (frozen) {
      layer.freeze();
    }
    return layer;
  }

  private static String layerIdentity(LayerId id) {
    return "layer " + id;
  }

  @Override
  public long size() {
    return header.size();
  }

  @Override
  public boolean readOnly() {
    return frozen;
  }

  /** From now on nothing can be written. It has been flushed, and no request is running. */
  void freeze() {
    frozen = true;
    clusters.freeze();
  }

  /** Puts another base in place, through which the disk reads the same. */
  void rebase(BlockDevice other) {
    clusters.rebase(other);
  }

  /** Takes over what {@code below} has of a cluster and this layer has not. */
  void takeOver(long cluster, Overlay below) throws IOException {
    checkUsable();
    clusters.takeOver(cluster, below.clusters);
  }

  /** Copies what lies below this layer of a cluster into it. */
  void copyUp(long cluster) throws IOException {
    checkUsable();
    clusters.copyUp(cluster);
  }

  /** The first cluster from {@code from} on that this layer may say something about. */
  long nextTouched(long from) {
    return map.nextTouched(from);
  }

  /** Adds the clusters that this layer says something about. */
  void addTouched(BitSet touched) {
    long end = Math.ceilDiv(size(), (long) CLUSTER);
    for (long at = map.nextTouched(0); at < end; at = map.nextTouched(at + 1)) {
      if (map.get(at) != 0) {
        touched.set((int) at);
      }
    }
  }

  @Override
  public long nextContents(long offset) throws IOException {
    long touched = map.nextTouched(offset / CLUSTER);
    long ours = touched == Long.MAX_VALUE ? touched : Math.max(offset, touched * CLUSTER);
    long next = Math.min(ours, clusters.base().nextContents(offset));
    return next < size() ? next : Long.MAX_VALUE;
  }

  /** The first cluster from {@code from} on of which something may lie below this layer. */
  long nextContentsBelow(long from) throws IOException {
    long next = clusters.base().nextContents(from * CLUSTER);
    return next == Long.MAX_VALUE ? next : next / CLUSTER;
  }

  /** Bytes of the overlay's file that are in use. */
  public long allocatedBytes() {
    return (long) allocator.used() * CLUSTER;
  }

  /**
   * Makes the disk larger; what is new is zero.
   *
   * @throws IOException if {@code newSize} is smaller than the size, no multiple of 512, or more
   *     than this overlay can become
   */
  public void grow(long newSize) throws IOException {
    flushing.lock();
    try {
      OverlayHeader old = header;
      if (newSize < old.size()
          || newSize % SECTOR != 0
          || newSize > ClusterMap.capacity(old.directoryClusters())) {
        throw new IOException(
            "a disk of %d bytes cannot become one of %d".formatted(old.size(), newSize));
      }
      changeSize(newSize);
    } finally {
      flushing.unlock();
    }
  }

  /**
   * Makes the disk smaller. The caller has made what goes away zero, so that it is zero if the disk
   * grows again, and no request is running.
   */
  void shrink(long newSize) throws IOException {
    // The zeroes first: a crash in between leaves the larger disk.
    flush();
    flushing.lock();
    try {
      changeSize(newSize);
    } finally {
      flushing.unlock();
    }
  }

  private void changeSize(long newSize) throws IOException {
    OverlayHeader old = header;
    OverlayHeader changed =
        new OverlayHeader(newSize, old.baseSize(), old.baseIdentity(), old.directoryClusters());
    if (lasting) {
      file.writeHeader(changed);
    }
    header = changed;
  }

  @Override
  public void read(long offset, ByteBuffer destination) throws IOException {
    Objects.checkFromIndexSize(offset, destination.remaining(), size());
    int limit = destination.limit();
    long at = offset;
    while (destination.position() < limit) {
      int within = (int) (at % CLUSTER);
      int length = Math.min(limit - destination.position(), CLUSTER - within);
      destination.limit(destination.position() + length);
      try {
        clusters.read(at / CLUSTER, within, destination);
      } finally {
        destination.limit(limit);
      }
      at += length;
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    Objects.checkFromIndexSize(offset, source.remaining(), size());
    checkUsable();
    int limit = source.limit();
    long at = offset;
    while (source.position() < limit) {
      int within = (int) (at % CLUSTER);
      int length = Math.min(limit - source.position(), CLUSTER - within);
      source.limit(source.position() + length);
      try {
        clusters.write(at / CLUSTER, within, source);
      } finally {
        source.limit(limit);
      }
      at += length;
    }
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkUsable();
    zeroPages(Math.ceilDiv(offset, PAGE) * PAGE, (offset + length) / PAGE * PAGE);
  }

  @Override
  public void writeZeroes(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkUsable();
    long end = offset + length;
    long from = Math.min(end, Math.ceilDiv(offset, PAGE) * PAGE);
    long to = Math.max(from, end / PAGE * PAGE);
    zeroPart(offset, from);
    zeroPages(from, to);
    zeroPart(to, end);
  }

  private void zeroPart(long from, long to) throws IOException {
    if (from < to && !clusters.isHole(from)) {
      write(from, ByteBuffer.allocate((int) (to - from)));
    }
  }

  private void zeroPages(long from, long to) throws IOException {
    long at = from;
    while (at < to) {
      long cluster = at / CLUSTER;
      if (at >= clusters.base().size() && map.untouched(cluster)) {
        at = (cluster / LEAF_ENTRIES + 1) * LEAF_ENTRIES * CLUSTER;
      } else {
        long end = Math.min(to, (cluster + 1) * CLUSTER);
        clusters.zero(cluster, (int) (at % CLUSTER) / PAGE, (int) ((end - 1) % CLUSTER) / PAGE);
        at = end;
      }
      if (allocator.pending() > MOST_PENDING) {
        // A guest that writes and discards without ever flushing must not make the file grow.
        flush();
      }
    }
  }

  private void checkUsable() throws IOException {
    if (frozen) {
      throw new IOException("the layer is frozen");
    }
    if (failed) {
      throw new IOException("the disk has failed to reach stable storage before");
    }
  }

  @Override
  public void flush() throws IOException {
    if (!lasting || frozen) {
      return;
    }
    flushing.lock();
    try {
      checkUsable();
      // In this order: what is freed by now is certainly out of the changes.
      BitSet freed = allocator.takePending();
      List<ClusterMap.Change> changes = map.takeChanges();
      try {
        file.store(changes, allocator);
      } catch (IOException | RuntimeException e) {
        failed = e instanceof SyncFailedException;
        map.giveBack(changes);
        allocator.giveBackPending(freed);
        throw e;
      }
      clusters.punch(freed);
      allocator.release(freed);
    } finally {
      flushing.unlock();
    }
  }

  /** For a layer that nobody needs any more. */
  void closeWithoutFlush() throws IOException {
    medium.close();
  }

  /** Flushes and closes the overlay's file; the base stays open. */
  @Override
  public void close() throws IOException {
    try (medium) {
      if (!failed) {
        flush();
      }
    }
  }
}
