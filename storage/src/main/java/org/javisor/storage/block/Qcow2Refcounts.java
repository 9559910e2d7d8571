package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each cluster of a qcow2 file is used. Changes stay in memory until they are stored;
 * what is released counts until {@link #applyReleases}, so that nothing is given out again that the
 * tables in the file may still point to. Not for several threads at once.
 */
final class Qcow2Refcounts {
  private static final long OFFSET_MASK = 0xffff_ffff_ffff_fe00L;
  private static final int CACHE_BYTES = 8 << 20;

  /** More clusters than this, a file may not have: 16 TiB with the usual ones. */
  static final long MOST_CLUSTERS = 1L << 28;

  private static final class Block {
    final byte[] bytes;
    boolean dirty;

    Block(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final Medium medium;
  private final String file;
  private final int cluster;
  private final int order;
  private final long perBlock;
  private final Qcow2Claims claims;
  private final Map<Integer, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Long> releases = new ArrayList<>();
  private final List<Integer> dirtyEntries = new ArrayList<>();
  private long[] table;
  private long tableOffset;
  private long movedFrom = -1;
  private int movedClusters;
  private long end;
  private long hint;
  private int dirtyBlocks;

  Qcow2Refcounts(Medium medium, String file, Qcow2Header header, Qcow2Claims claims)
      throws IOException {
    this.medium = medium;
    this.file = file;
    this.claims = claims;
    cluster = header.cluster();
    order = header.refcountOrder();
    perBlock = (cluster * 8L) >> order;
    tableOffset = header.refcountTable();
    end = Math.ceilDiv(medium.size(), (long) cluster);
    claims.requireInside(tableOffset, "the refcount table");
    claims.claim(tableOffset, header.refcountTableClusters(), "the refcount table");
    ByteBuffer bytes =
        ByteBuffer.allocate(header.refcountTableClusters() * cluster).order(ByteOrder.BIG_ENDIAN);
    medium.read(tableOffset, bytes);
    table = new long[bytes.capacity() / Long.BYTES];
    bytes.flip().asLongBuffer().get(table);
    for (int i = 0; i < table.length; i++) {
      table[i] &= OFFSET_MASK;
      if (table[i] != 0) {
        claims.requireInside(table[i], "a refcount block");
        claims.claim(table[i], 1, "a refcount block");
      }
    }
  }

  /** First cluster behind everything. */
  long end() {
    return end;
  }

  /** Bytes that wait in memory to be stored. */
  long pendingBytes() {
    // A table can move once between two flushes.
    return movedFrom >= 0
        ? Long.MAX_VALUE / 2
        : (long) dirtyBlocks * cluster + releases.size() * 64L;
  }

  private long get(long index) throws IOException {
    long block = index / perBlock;
    if (block >= table.length || table[(int) block] == 0) {
      return 0;
    }
    return read(block((int) block).bytes, (int) (index % perBlock));
  }

  private long read(byte[] bytes, int index) {
    if (order < 3) {
      int bits = 1 << order;
      int at = index << order;
      return (bytes[at >> 3] >> (at & 7)) & ((1 << bits) - 1);
    }
    int width = 1 << (order - 3);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (bytes[index * width + i] & 0xff);
    }
    return value;
  }

  private void write(byte[] bytes, int index, long value) {
    if (order < 3) {
      int at = index << order;
      int mask = ((1 << (1 << order)) - 1) << (at & 7);
      bytes[at >> 3] = (byte) ((bytes[at >> 3] & ~mask) | ((int) value << (at & 7)));
      return;
    }
    int width = 1 << (order - 3);
    for (int i = 0; i < width; i++) {
      bytes[index * width + i] = (byte) (value >>> (8 * (width - 1 - i)));
    }
  }

  private Block block(int index) throws IOException {
    Block block = blocks.get(index);
    if (block == null) {
      ByteBuffer bytes = ByteBuffer.allocate(cluster);
      medium.read(table[index], bytes);
      block = new Block(bytes.array());
      blocks.put(index, block);
      evict();
    }
    return block;
  }

  private void evict() {
    Iterator<Block> oldest = blocks.values().iterator();
    while ((long) blocks.size() * cluster > CACHE_BYTES && oldest.hasNext()) {
      if (!oldest.next().dirty) {
        oldest.remove();
      }
    }
  }

  private void set(long index, long value) throws IOException {
    ensureBlock(index);
    Block block = block((int) (index / perBlock));
    write(block.bytes, (int) (index % perBlock), value);
    markDirty(block);
    end = Math.max(end, index + 1);
  }

  private void markDirty(Block block) {
    if (!block.dirty) {
      block.dirty = true;
      dirtyBlocks++;
    }
  }

  private void ensureBlock(long index) throws IOException {
    long number = index / perBlock;
    if (number >= table.length) {
      growTable(number);
    }
    if (table[(int) number] != 0) {
      return;
    }
    // A new block lies where it counts itself, or else where another block does already.
    long place = Math.max(end, number * perBlock);
    checkRoom(place);
    end = place + 1;
    table[(int) number] = place * cluster;
    dirtyEntries.add((int) number);
    Block block = new Block(new byte[cluster]);
    blocks.put((int) number, block);
    markDirty(block);
    claims.claim(place * cluster, 1, "a refcount block");
    set(place, 1);
  }

  private void growTable(long number) throws IOException {
    if (movedFrom >= 0) {
      throw new IOException("the refcount table of " + file + " has to be flushed first");
    }
    long entries = Math.max(2L * table.length, number + 1 + cluster / Long.BYTES);
    int clusters = (int) Math.ceilDiv(entries * Long.BYTES, (long) cluster);
    long place = end;
    checkRoom(place + clusters);
    movedFrom = tableOffset;
    movedClusters = table.length * Long.BYTES / cluster;
    long[] larger = new long[clusters * (cluster / Long.BYTES)];
    System.arraycopy(table, 0, larger, 0, table.length);
    table = larger;
    tableOffset = place * cluster;
    end = place + clusters;
    claims.claim(tableOffset, clusters, "the refcount table");
    for (int i = 0; i < clusters; i++) {
      set(place + i, 1);
    }
  }

  private void checkRoom(long index) throws IOException {
    if (index >= MOST_CLUSTERS) {
      throw new IOException("the qcow2 image " + file + " has no cluster left");
    }
  }

  /** Takes a free cluster; returns where it begins. */
  long allocate() throws IOException {
    while (true) {
      while (hint < end && get(hint) != 0) {
        hint++;
      }
      long found = hint;
      checkRoom(found);
      ensureBlock(found);
      if (get(found) == 0) {
        set(found, 1);
        hint = found + 1;
        return found * cluster;
      }
    }
  }

  /** Takes free clusters that lie side by side, behind everything. */
  long allocateRun(int count) throws IOException {
    long place = end;
    checkRoom(place + count);
    end = place + count;
    for (int i = 0; i < count; i++) {
      set(place + i, 1);
    }
    return place * cluster;
  }

  /** Gives back one use of a cluster, once the tables in the file have forgotten it. */
  void release(long offset) {
    releases.add(offset / cluster);
  }

  /** Writes what was taken; to be followed by a sync, and before anything that points to it. */
  void store() throws IOException {
    for (Map.Entry<Integer, Block> entry : blocks.entrySet()) {
      if (entry.getValue().dirty) {
        medium.write(table[entry.getKey()], ByteBuffer.wrap(entry.getValue().bytes));
        entry.getValue().dirty = false;
      }
    }
    dirtyBlocks = 0;
  }

  /** Writes where blocks lie, after a sync; returns the header if the table has moved. */
  Qcow2Header storeTable(Qcow2Header header) throws IOException {
    if (movedFrom >= 0) {
      ByteBuffer all = ByteBuffer.allocate(table.length * Long.BYTES).order(ByteOrder.BIG_ENDIAN);
      all.asLongBuffer().put(table);
      medium.write(tableOffset, all);
      dirtyEntries.clear();
      return header.withRefcountTable(tableOffset, table.length * Long.BYTES / cluster);
    }
    for (int index : dirtyEntries) {
      medium.write(
          tableOffset + (long) index * Long.BYTES,
          ByteBuffer.allocate(Long.BYTES).putLong(0, table[index]));
    }
    dirtyEntries.clear();
    return header;
  }

  /** The header points to the table's new place: the old one is free. */
  void tableStored() {
    for (int i = 0; movedFrom >= 0 && i < movedClusters; i++) {
      claims.release(movedFrom + (long) i * cluster);
      release(movedFrom + (long) i * cluster);
    }
    movedFrom = -1;
  }

  boolean tableChanged() {
    return movedFrom >= 0 || !dirtyEntries.isEmpty();
  }

  /** Frees what was released, after the tables that no longer point to it are synced. */
  void applyReleases() throws IOException {
    for (long index : releases) {
      long count = get(index);
      if (count == 0) {
        throw new IOException(
            "the qcow2 image " + file + " is damaged: a cluster in use has no refcount");
      }
      set(index, count - 1);
      if (count == 1) {
        hint = Math.min(hint, index);
        medium.punch(index * cluster, cluster);
      }
    }
    releases.clear();
    store();
  }
}
