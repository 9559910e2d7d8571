package org.javisor.storage.block;

import static org.javisor.storage.block.ClusterMap.CLUSTER;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A disk in a folder of its own, of layers: an image that never changes, frozen layers, and one
 * active layer that is written. Each layer is the file of an {@link Overlay} over the next below; a
 * snapshot freezes the active layer and begins a new one, whatever the size of the disk. Frozen
 * files may be shared, as hard links, by the disks of clones.
 *
 * <p>A read looks the page up in the map of each layer from the top down, until one has it: one
 * array access for each layer and 64 KiB, without locks below the active one. Merging what lies
 * between snapshots ({@link #compact}) and flattening keep the layers few.
 *
 * <p>All methods may be called while requests are served by other threads. Those that change the
 * layers take effect between two requests. A process that is killed at any moment leaves the disk
 * before or after such a change, with all that was flushed; files that are left over are removed
 * when it is opened again.
 */
public final class LayeredDisk implements BlockDevice {

  private static final int LONGEST_NAME = 255;

  /** Clusters gone through before others may change the layers: 16 MiB. */
  private static final int SLICE = 256;

  private volatile LayerFolder folder;
  private volatile OpenLayers layers;

  /** Held shared by each request, and alone for the moment in which layers are exchanged. */
  private final ReentrantReadWriteLock requests = new ReentrantReadWriteLock();

  /** Held by whoever changes the tree, or must not see it change. */
  private final ReentrantLock structure = new ReentrantLock();

  private final List<DirtyBlocks> trackers = new CopyOnWriteArrayList<>();
  private LayerTree tree;
  private volatile Overlay active;
  private boolean closed;

  private LayeredDisk(LayerFolder folder, OpenLayers layers, LayerTree tree, Overlay active) {
    this.folder = folder;
    this.layers = layers;
    this.tree = tree;
    this.active = active;
  }

  /** Whether there is a disk in this folder. */
  public static boolean exists(Path folder) {
    return LayerFolder.hasDisk(folder);
  }

  /**
   * Makes a disk that shows an image.
   *
   * @param folder for the disk alone; made if it does not exist
   * @param image identity of the image, by which {@code images} finds it
   * @param size of the disk in bytes, a multiple of 512, not smaller than the image
   * @throws IOException if there is a disk in the folder already, or no such image
   */
  public static LayeredDisk create(Path folder, String image, BaseImages images, long size)
      throws IOException {
    return create(LayerFolder.claim(folder), LayerParent.BASE, image, images, size);
  }

  /**
   * Makes a disk of zeroes.
   *
   * @param size of the disk in bytes, a multiple of 512
   * @throws IOException if there is a disk in the folder already
   */
  public static LayeredDisk createEmpty(Path folder, long size) throws IOException {
    return create(LayerFolder.claim(folder), LayerParent.NOTHING, "", BaseImages.NONE, size);
  }

  static LayeredDisk create(
      LayerFolder folder, LayerParent lowest, String image, BaseImages images, long size)
      throws IOException {
    OpenLayers layers = new OpenLayers(folder, images);
    try {
      checkEmpty(folder);
      LayerId id = LayerId.random();
      LayerTree tree = new LayerTree(image, Map.of(id, lowest), Map.of(), id);
      BlockDevice below = layers.below(tree, lowest);
      checkSize(size, below.size());
      Overlay active = layers.create(id, below, size);
      try {
        folder.writeTree(tree);
      } catch (IOException e) {
        layers.abandon(id);
        throw e;
      }
      return new LayeredDisk(folder, layers, tree, active);
    } catch (IOException | RuntimeException e) {
      close(layers, folder);
      throw e;
    }
  }

  private static void checkEmpty(LayerFolder folder) throws IOException {
    if (folder.hasDisk()) {
      throw new IOException("there is a disk in " + folder.path() + " already");
    }
    folder.removeOthers(Set.of());
  }

  private static void checkSize(long size, long least) {
    if (size < least || size <= 0 || size > Overlay.MAXIMUM_SIZE || size % SECTOR != 0) {
      throw new IllegalArgumentException(
          "disk of %d bytes over an image of %d".formatted(size, least));
    }
  }

  /**
   * Opens a disk and removes what a crash has left of earlier work.
   *
   * @throws IOException if there is none, it is in use, damaged, or its image is missing
   */
  public static LayeredDisk open(Path folder, BaseImages images) throws IOException {
    if (!exists(folder)) {
      throw new NoSuchFileException("there is no disk in " + folder);
    }
    return open(LayerFolder.claim(folder), images);
  }

  static LayeredDisk open(LayerFolder folder, BaseImages images) throws IOException {
    OpenLayers layers = new OpenLayers(folder, images);
    try {
      LayerTree tree = folder.readTree();
      folder.removeOthers(tree.layers().keySet());
      return new LayeredDisk(folder, layers, tree, layers.get(tree, tree.active()));
    } catch (IOException | RuntimeException e) {
      close(layers, folder);
      throw e;
    }
  }

  /**
   * Turns a single {@link Overlay} into a disk of layers, and opens it; its file is then part of
   * the folder. Done again after a crash, it goes on where it was.
   *
   * @param overlay on the same file system as {@code folder}, not open
   * @param image what the overlay stands on
   */
  public static LayeredDisk adopt(Path folder, Path overlay, String image, BaseImages images)
      throws IOException {
    LayerFolder claimed = LayerFolder.claim(folder);
    try {
      if (!claimed.hasDisk()) {
        claimed.removeOthers(Set.of());
        LayerId id = LayerId.random();
        claimed.link(overlay, id);
        claimed.writeTree(new LayerTree(image, Map.of(id, LayerParent.BASE), Map.of(), id));
      }
      Files.deleteIfExists(overlay);
    } catch (IOException | RuntimeException e) {
      claimed.close();
      throw e;
    }
    return open(claimed, images);
  }

  @Override
  public long size() {
    return active.size();
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public void read(long offset, ByteBuffer destination) throws IOException {
    Lock shared = requests.readLock();
    shared.lock();
    try {
      active.read(offset, destination);
    } finally {
      shared.unlock();
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    int length = source.remaining();
    Lock shared = requests.readLock();
    shared.lock();
    try {
      active.write(offset, source);
    } finally {
      written(offset, length);
      shared.unlock();
    }
  }

  @Override
  public long nextContents(long offset) throws IOException {
    Lock shared = requests.readLock();
    shared.lock();
    try {
      return active.nextContents(offset);
    } finally {
      shared.unlock();
    }
  }

  @Override
  public void flush() throws IOException {
    Lock shared = requests.readLock();
    shared.lock();
    try {
      active.flush();
    } finally {
      shared.unlock();
    }
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    Lock shared = requests.readLock();
    shared.lock();
    try {
      active.discard(offset, length);
    } finally {
      written(offset, length);
      shared.unlock();
    }
  }

  @Override
  public void writeZeroes(long offset, long length) throws IOException {
    Lock shared = requests.readLock();
    shared.lock();
    try {
      active.writeZeroes(offset, length);
    } finally {
      written(offset, length);
      shared.unlock();
    }
  }

  /** Only after the write: who takes a block and then reads it sees it, or takes it again. */
  private void written(long offset, long length) {
    if (offset < 0 || length > active.size() - offset) {
      return;
    }
    for (DirtyBlocks tracker : trackers) {
      tracker.add(offset, length);
    }
  }

  /**
   * Begins to note which blocks are written, for migration or an incremental backup. Several may be
   * noting at once; each ends by {@link DirtyBlocks#close}. What a restart should survive, {@link
   * #changedSince} tells.
   */
  public DirtyBlocks trackWrites() {
    DirtyBlocks tracker = new DirtyBlocks(trackers::remove);
    trackers.add(tracker);
    return tracker;
  }

  /**
   * Which blocks of {@link DirtyBlocks#BLOCK} bytes may differ from what a snapshot shows; read
   * from the maps of the layers above it, so that it costs nothing before it is asked for.
   *
   * @throws SnapshotException if there is no such snapshot, or the disk does not stand on it: after
   *     it was flattened, or went back to an earlier one
   */
  public BitSet changedSince(String snapshot) throws IOException {
    structure.lock();
    try {
      checkOpen();
      LayerId from = mark(snapshot).layer();
      List<LayerId> path = tree.path(tree.active());
      int end = path.indexOf(from);
      if (end < 0) {
        throw new SnapshotException("the disk does not stand on snapshot " + snapshot);
      }
      BitSet changed = new BitSet();
      for (LayerId id : path.subList(0, end)) {
        layers.get(tree, id).addTouched(changed);
      }
      return changed;
    } finally {
      structure.unlock();
    }
  }

  /**
   * Which blocks of {@link DirtyBlocks#BLOCK} bytes may differ from what the image shows that the
   * disk was made from, or if it does not need that any more, from zeroes: what is not in its
   * layers is as below.
   */
  public BitSet ownBlocks() throws IOException {
    structure.lock();
    try {
      checkOpen();
      BitSet own = new BitSet();
      for (LayerId id : tree.path(tree.active())) {
        layers.get(tree, id).addTouched(own);
      }
      return own;
    } finally {
      structure.unlock();
    }
  }

  /** Identity of the image that the disk stands on; empty if it stands on none. */
  public Optional<String> image() {
    structure.lock();
    try {
      List<LayerId> path = tree.path(tree.active());
      return tree.parent(path.getLast()) instanceof LayerParent.Base
          ? Optional.of(tree.base())
          : Optional.empty();
    } finally {
      structure.unlock();
    }
  }

  /** The snapshots, the oldest first. */
  public List<DiskSnapshot> snapshots() throws IOException {
    structure.lock();
    try {
      List<DiskSnapshot> all = new ArrayList<>();
      for (Map.Entry<String, LayerTree.Mark> entry : tree.snapshots().entrySet()) {
        LayerTree.Mark mark = entry.getValue();
        all.add(new DiskSnapshot(entry.getKey(), mark.created(), folder.bytes(mark.layer())));
      }
      return all;
    } finally {
      structure.unlock();
    }
  }

  /** Bytes that all layers take on the host; those shared with other disks count here too. */
  public long allocatedBytes() throws IOException {
    structure.lock();
    try {
      long bytes = 0;
      for (LayerId layer : tree.layers().keySet()) {
        bytes += folder.bytes(layer);
      }
      return bytes;
    } finally {
      structure.unlock();
    }
  }

  /** How many layers a read may have to look at, the active one included, the image not. */
  public int depth() {
    structure.lock();
    try {
      return tree.path(tree.active()).size();
    } finally {
      structure.unlock();
    }
  }

  /** Whether the disk or one of its snapshots still reads from the image it was made from. */
  public boolean needsImage() {
    structure.lock();
    try {
      return tree.needsBase();
    } finally {
      structure.unlock();
    }
  }

  /**
   * Keeps the disk as it is now under a name. All requests that have returned are in it, on stable
   * storage.
   *
   * @param name 1 to 255 characters
   * @throws SnapshotException if there is such a snapshot
   * @throws IOException if the host's storage fails; there is no new snapshot then
   */
  public void snapshot(String name) throws IOException {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a snapshot's name has 1 to 255 characters");
    }
    structure.lock();
    try {
      checkOpen();
      if (tree.snapshots().containsKey(name)) {
        throw new SnapshotException("there is a snapshot " + name + " already");
      }
      // Most of what is to be written is written while requests go on.
      active.flush();
      LayerTree.Mark mark = new LayerTree.Mark(tree.active(), Instant.now());
      beginLayer(tree.withSnapshot(name, mark), new LayerParent.Layer(tree.active()), true);
    } finally {
      structure.unlock();
    }
  }

  /**
   * Goes back to a snapshot, which stays. What was written since the last snapshot is lost.
   *
   * @throws SnapshotException if there is no such snapshot
   */
  public void restore(String name) throws IOException {
    structure.lock();
    try {
      checkOpen();
      beginLayer(tree, new LayerParent.Layer(mark(name).layer()), false);
    } finally {
      structure.unlock();
    }
  }

  private LayerTree.Mark mark(String name) throws SnapshotException {
    LayerTree.Mark mark = tree.snapshots().get(name);
    if (mark == null) {
      throw new SnapshotException("there is no snapshot " + name);
    }
    return mark;
  }

  private void beginLayer(LayerTree from, LayerParent parent, boolean freeze) throws IOException {
    LayerTree old = tree;
    long size = active.size();
    LayerId id = LayerId.random();
    LayerTree next = from.withActive(id, parent).pruned();
    BlockDevice below = layers.below(old, parent);
    Overlay fresh = layers.create(id, below, below.size());
    Lock alone = requests.writeLock();
    alone.lock();
    try {
      if (freeze) {
        active.flush();
      }
      folder.writeTree(next);
      if (freeze) {
        active.freeze();
      }
      active = fresh;
      tree = next;
      if (!freeze) {
        written(0, Math.max(fresh.size(), size));
      }
    } catch (IOException | RuntimeException e) {
      layers.abandon(id);
      throw e;
    } finally {
      alone.unlock();
    }
    layers.dropOthers(next, old.layers().keySet());
  }

  /**
   * Forgets a snapshot. Layers that only it needed go at once; one that others stand on is merged
   * with the next by {@link #compact}.
   *
   * @throws SnapshotException if there is no such snapshot
   */
  public void deleteSnapshot(String name) throws IOException {
    structure.lock();
    try {
      checkOpen();
      mark(name);
      replaceTree(tree.withoutSnapshot(name).pruned());
    } finally {
      structure.unlock();
    }
  }

  /**
   * Gives a snapshot another name.
   *
   * @throws SnapshotException if there is no such snapshot, or one of the new name
   */
  public void renameSnapshot(String from, String to) throws IOException {
    if (to.isEmpty() || to.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a snapshot's name has 1 to 255 characters");
    }
    structure.lock();
    try {
      checkOpen();
      LayerTree.Mark mark = mark(from);
      if (tree.snapshots().containsKey(to)) {
        throw new SnapshotException("there is a snapshot " + to + " already");
      }
      replaceTree(tree.withoutSnapshot(from).withSnapshot(to, mark));
    } finally {
      structure.unlock();
    }
  }

  /** The disk reads the same through the new tree. */
  private void replaceTree(LayerTree next) throws IOException {
    LayerTree old = tree;
    folder.writeTree(next);
    Lock alone = requests.writeLock();
    alone.lock();
    try {
      tree = next;
      layers.rebase(next);
    } finally {
      alone.unlock();
    }
    layers.dropOthers(next, old.layers().keySet());
  }

  /**
   * Makes another disk that begins as this one is now; nothing is copied. It may be used by any
   * process, and either of the two be deleted.
   *
   * @param other the new disk's folder, on the same file system; made if it does not exist
   * @throws IOException if there is a disk already, or the host's file system has no hard links
   */
  public void fork(Path other) throws IOException {
    structure.lock();
    try {
      checkOpen();
      if (!untouched()) {
        active.flush();
        beginLayer(tree, new LayerParent.Layer(tree.active()), true);
      }
      forkFrom(tree.parent(tree.active()), active.size(), other);
    } finally {
      structure.unlock();
    }
  }

  /** As {@link #fork(Path)}, of the disk as a snapshot of this name shows it. */
  public void fork(String snapshot, Path other) throws IOException {
    structure.lock();
    try {
      checkOpen();
      LayerId layer = mark(snapshot).layer();
      forkFrom(new LayerParent.Layer(layer), layers.get(tree, layer).size(), other);
    } finally {
      structure.unlock();
    }
  }

  /** Whether the active layer shows just what lies below it. */
  private boolean untouched() throws IOException {
    return active.nextTouched(0) == Long.MAX_VALUE
        && active.size() == layers.below(tree, tree.parent(tree.active())).size();
  }

  private void forkFrom(LayerParent parent, long size, Path other) throws IOException {
    try (LayerFolder target = LayerFolder.claim(other)) {
      checkEmpty(target);
      try {
        target.writeTree(link(parent, size, target));
      } catch (IOException | RuntimeException e) {
        target.removeOthers(Set.of());
        throw e;
      }
    }
  }

  private LayerTree link(LayerParent parent, long size, LayerFolder target) throws IOException {
    Map<LayerId, LayerParent> shared = new LinkedHashMap<>();
    if (parent instanceof LayerParent.Layer(LayerId top)) {
      for (LayerId id : tree.path(top)) {
        target.link(folder.file(id), id);
        shared.put(id, tree.parent(id));
      }
    }
    LayerId id = LayerId.random();
    shared.put(id, parent);
    try (HostFile file = target.create(id)) {
      Overlay.createLayer(file, layers.below(tree, parent), id, size).closeWithoutFlush();
    }
    return new LayerTree(tree.base(), shared, Map.of(), id);
  }

  /**
   * Makes the disk larger or, if there is nothing but zeroes in what goes away, smaller. A snapshot
   * keeps the size it had.
   *
   * @param newSize bytes, a multiple of 512
   * @throws IOException if it cannot become so large, or there is something in what would go away;
   *     the disk is as before
   */
  public void resize(long newSize) throws IOException {
    structure.lock();
    try {
      checkOpen();
      Lock alone = requests.writeLock();
      alone.lock();
      try {
        if (newSize >= active.size()) {
          active.grow(newSize);
        } else {
          shrink(newSize);
        }
      } finally {
        alone.unlock();
      }
    } finally {
      structure.unlock();
    }
  }

  private void shrink(long newSize) throws IOException {
    if (newSize <= 0 || newSize % SECTOR != 0) {
      throw new IOException("there is no disk of " + newSize + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate(CLUSTER);
    for (long at = newSize; at < active.size(); ) {
      at = active.nextContents(at);
      if (at == Long.MAX_VALUE) {
        break;
      }
      long end = Math.min(active.size(), (at / CLUSTER + 1) * CLUSTER);
      int length = (int) (end - at);
      active.read(at, buffer.clear().limit(length));
      if (!Zeroes.only(buffer, 0, length)) {
        throw new IOException(
            "the disk cannot shrink to %d bytes: there is something at %d; discard it first"
                .formatted(newSize, at));
      }
      at = end;
    }
    active.writeZeroes(newSize, active.size() - newSize);
    active.shrink(newSize);
  }

  /**
   * Copies everything that the disk shows into its active layer, so that it needs neither the image
   * nor other layers; those that snapshots need stay. Requests go on meanwhile.
   *
   * @return false if {@code progress} has ended it
   */
  public boolean flatten(DiskProgress progress) throws IOException {
    while (true) {
      Overlay target = active;
      Walk walk = new Walk(size(), progress);
      Walk.End end =
          walk.go(target::nextContentsBelow, target::copyUp, () -> active.equals(target));
      if (end == Walk.End.CANCELLED) {
        return false;
      }
      structure.lock();
      try {
        checkOpen();
        if (end == Walk.End.DONE && active.equals(target)) {
          active.flush();
          replaceTree(tree.withParent(tree.active(), LayerParent.NOTHING).pruned());
          return true;
        }
      } finally {
        structure.unlock();
      }
    }
  }

  /**
   * Merges layers that no snapshot needs any more with the ones upon them; space comes back.
   * Requests go on meanwhile.
   *
   * @return false if {@code progress} has ended it
   */
  public boolean compact(DiskProgress progress) throws IOException {
    while (true) {
      Merge merge;
      structure.lock();
      try {
        checkOpen();
        LayerId lower = tree.mergeable().orElse(null);
        if (lower == null) {
          return true;
        }
        merge = new Merge(lower);
      } finally {
        structure.unlock();
      }
      if (!merge.run(progress)) {
        return false;
      }
    }
  }

  /** A layer that goes into the one upon it, or if that is frozen, with it into a new one. */
  private final class Merge {
    private final LayerTree start = tree;
    private final LayerId lower;
    private final LayerId upper;
    private final LayerId merged;
    private final Overlay from;
    private final Overlay above;
    private final Overlay to;

    /** To be made with the structure held. */
    Merge(LayerId lower) throws IOException {
      this.lower = lower;
      upper = tree.children(lower).getFirst();
      from = layers.get(tree, lower);
      above = layers.get(tree, upper);
      if (upper.equals(tree.active())) {
        merged = upper;
        to = above;
      } else {
        // Frozen files may be other disks' too, so they do not change.
        merged = LayerId.random();
        to = layers.create(merged, layers.below(tree, tree.parent(lower)), above.size());
      }
    }

    /**
     * Returns false if the work was ended. If somebody else has changed the layers meanwhile, the
     * merge is off, for another try.
     */
    boolean run(DiskProgress progress) throws IOException {
      boolean done = false;
      try {
        Walk walk = new Walk(Math.max(from.size(), to.size()), progress);
        Walk.End end =
            walk.go(
                at -> Math.min(from.nextTouched(at), above.nextTouched(at)),
                this::copy,
                () -> tree.equals(start));
        if (end == Walk.End.DONE) {
          done = finish();
        }
        return end != Walk.End.CANCELLED;
      } finally {
        if (!done && !merged.equals(upper)) {
          structure.lock();
          try {
            layers.abandon(merged);
          } finally {
            structure.unlock();
          }
        }
      }
    }

    private void copy(long cluster) throws IOException {
      if (!merged.equals(upper)) {
        to.takeOver(cluster, above);
      }
      to.takeOver(cluster, from);
    }

    private boolean finish() throws IOException {
      structure.lock();
      try {
        checkOpen();
        if (!tree.equals(start)) {
          return false;
        }
        to.flush();
        if (!merged.equals(upper)) {
          to.freeze();
        }
        replaceTree(start.withMerged(upper, lower, merged));
        return true;
      } finally {
        structure.unlock();
      }
    }
  }

  /** Work on each cluster of a disk, in slices between which others may change the layers. */
  private final class Walk {
    enum End {
      DONE,
      CANCELLED,
      /** Somebody has changed what the work was about. */
      OVERTAKEN
    }

    private final long size;
    private final DiskProgress progress;

    Walk(long size, DiskProgress progress) {
      this.size = size;
      this.progress = progress;
    }

    private interface Next {
      long from(long cluster) throws IOException;
    }

    private interface Work {
      void on(long cluster) throws IOException;
    }

    private interface Condition {
      boolean holds();
    }

    End go(Next next, Work work, Condition valid) throws IOException {
      long clusters = Math.ceilDiv(size, (long) CLUSTER);
      long cluster = 0;
      while (cluster < clusters) {
        if (!progress.proceed(cluster * CLUSTER, size)) {
          return End.CANCELLED;
        }
        structure.lock();
        try {
          checkOpen();
          if (!valid.holds()) {
            return End.OVERTAKEN;
          }
          for (int i = 0; i < SLICE && cluster < clusters; i++) {
            cluster = next.from(cluster);
            if (cluster < clusters) {
              work.on(cluster++);
            }
          }
        } finally {
          structure.unlock();
        }
      }
      progress.proceed(size, size);
      return End.DONE;
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the disk is closed");
    }
  }

  /** Flushes and closes all layers. */
  @Override
  public void close() throws IOException {
    structure.lock();
    try {
      if (!closed) {
        closed = true;
        close(layers, folder);
      }
    } finally {
      structure.unlock();
    }
  }

  /**
   * Flushes the disk and lets go of its files, so that another process can open it. Requests fail
   * until {@link #reclaim}; so it is called while the machine is paused.
   *
   * @throws IOException if it cannot be flushed; it stays open if nothing had been closed yet
   */
  public void release() throws IOException {
    structure.lock();
    try {
      checkOpen();
      Lock alone = requests.writeLock();
      alone.lock();
      try {
        active.flush();
        closed = true;
        close(layers, folder);
      } finally {
        alone.unlock();
      }
    } finally {
      structure.unlock();
    }
  }

  /**
   * Opens the files again after {@link #release}; does nothing if they are open.
   *
   * @throws IOException if another process has them, or they cannot be read
   */
  public void reclaim() throws IOException {
    structure.lock();
    try {
      Lock alone = requests.writeLock();
      alone.lock();
      try {
        if (!closed) {
          return;
        }
        LayeredDisk again = open(LayerFolder.claim(folder.path()), layers.images());
        folder = again.folder;
        layers = again.layers;
        tree = again.tree;
        active = again.active;
        closed = false;
      } finally {
        alone.unlock();
      }
    } finally {
      structure.unlock();
    }
  }

  private static void close(OpenLayers layers, LayerFolder folder) throws IOException {
    try (folder) {
      layers.close();
    }
  }
}
