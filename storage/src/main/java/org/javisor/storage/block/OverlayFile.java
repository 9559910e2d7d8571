package org.javisor.storage.block;

import static org.javisor.storage.block.ClusterMap.CLUSTER;
import static org.javisor.storage.block.ClusterMap.LEAF_ENTRIES;
import static org.javisor.storage.block.ClusterMap.PAGE;
import static org.javisor.storage.block.ClusterMap.PART_ENTRIES;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;

/**
 * An overlay's metadata in its file: reads and checks it when the overlay is opened, and writes
 * what has changed when the overlay is flushed.
 */
final class OverlayFile {

  private static final int DIRECTORY = CLUSTER;

  private final Medium medium;

  OverlayFile(Medium medium) {
    this.medium = medium;
  }

  void writeHeader(OverlayHeader header) throws IOException {
    medium.write(0, header.encode());
    medium.sync();
  }

  OverlayHeader readHeader(String name) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(OverlayHeader.BYTES);
    medium.read(0, sector);
    return OverlayHeader.decode(sector, name);
  }

  /**
   * Reads the whole map.
   *
   * @return the clusters of the file that are in use, metadata included
   * @throws IOException if the map contradicts itself: two owners of a cluster, or an owner of one
   *     that is not there
   */
  BitSet load(OverlayHeader header, ClusterMap map, String name) throws IOException {
    int first = 1 + header.directoryClusters();
    long end = Math.ceilDiv(medium.size(), (long) CLUSTER);
    BitSet used = new BitSet();
    used.set(0, first);
    ByteBuffer directory = buffer(header.directoryClusters() * CLUSTER);
    medium.read(DIRECTORY, directory);
    ByteBuffer leaf = buffer(CLUSTER);
    for (int index = 0; index < header.directoryClusters() * LEAF_ENTRIES; index++) {
      long place = directory.getLong(index * Long.BYTES);
      if (place != 0) {
        claim(used, place, first, end, name);
        medium.read(place * CLUSTER, leaf.clear());
        long[] values = new long[LEAF_ENTRIES];
        leaf.flip().asLongBuffer().get(values);
        for (long entry : values) {
          long cluster = ClusterEntry.cluster(entry);
          if (ClusterEntry.contradictory(entry)) {
            throw new IOException("the map of overlay " + name + " is damaged");
          }
          if (cluster != 0) {
            claim(used, cluster, first, end, name);
          }
        }
        map.load(index, place, values);
      }
    }
    return used;
  }

  private static void claim(BitSet used, long cluster, int first, long end, String name)
      throws IOException {
    if (cluster < first || cluster >= end || cluster > Integer.MAX_VALUE) {
      throw new IOException("the map of overlay " + name + " points outside its file");
    }
    if (used.get((int) cluster)) {
      throw new IOException("the map of overlay " + name + " uses a cluster twice");
    }
    used.set((int) cluster);
  }

  /**
   * Writes changes of the map so that a crash at any moment leaves a map that points only to what
   * is there: first all data and the leaves that nothing points to yet, then, behind a barrier,
   * what points to them.
   *
   * @throws SyncFailedException if stable storage could not be reached
   */
  void store(List<ClusterMap.Change> changes, ClusterAllocator allocator) throws IOException {
    long[] places = new long[changes.size()];
    boolean linked = false;
    try {
      for (int i = 0; i < places.length; i++) {
        if (changes.get(i).leaf().place == 0) {
          places[i] = allocator.allocate();
          writeParts(changes.get(i), places[i]);
        }
      }
      sync();
      if (changes.isEmpty()) {
        return;
      }
      linked = true;
      for (int i = 0; i < places.length; i++) {
        ClusterMap.Change change = changes.get(i);
        if (places[i] == 0) {
          writeParts(change, change.leaf().place);
        } else {
          ByteBuffer pointer = buffer(Long.BYTES).putLong(0, places[i]);
          medium.write(DIRECTORY + (long) change.index() * Long.BYTES, pointer);
          change.leaf().place = places[i];
        }
      }
      sync();
    } finally {
      if (!linked) {
        for (long place : places) {
          if (place != 0) {
            allocator.release(place);
          }
        }
      }
    }
  }

  /** Tells failures to reach stable storage, which cannot be repeated, from all others. */
  private void sync() throws SyncFailedException {
    try {
      medium.sync();
    } catch (IOException e) {
      SyncFailedException failure = new SyncFailedException(e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  private void writeParts(ClusterMap.Change change, long place) throws IOException {
    for (int part = 0; part < LEAF_ENTRIES / PART_ENTRIES; part++) {
      if (((change.parts() >> part) & 1) != 0) {
        ByteBuffer bytes = buffer(PAGE);
        bytes.asLongBuffer().put(change.values(), part * PART_ENTRIES, PART_ENTRIES);
        medium.write(place * CLUSTER + (long) part * PAGE, bytes);
      }
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
