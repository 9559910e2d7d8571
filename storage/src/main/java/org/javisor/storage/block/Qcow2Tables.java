package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two levels of tables of a qcow2 file that say where each cluster of the disk is. The first is
 * in memory, of the second as many tables as fit into 16 MiB; changes stay in memory until they are
 * stored. Looking up is safe from several threads at once; changes need the image for themselves.
 */
final class Qcow2Tables {
  static final long COPIED = 1L << 63;
  static final long COMPRESSED = 1L << 62;
  static final long ZERO = 1;
  static final long OFFSET_MASK = 0x00ff_ffff_ffff_fe00L;
  private static final int CACHE_BYTES = 16 << 20;

  /** One table of the second level. */
  private static final class Table {
    final long[] entries;
    boolean dirty;

    Table(long[] entries) {
      this.entries = entries;
    }
  }

  private final Medium medium;
  private final int cluster;
  private final int entriesPerTable;
  private final Qcow2Claims claims;
  private final Map<Integer, Table> cache = new LinkedHashMap<>(16, 0.75f, true);
  private final BitSet dirtyFirst = new BitSet();
  private long[] first;
  private long firstOffset;
  private int dirtyTables;

  Qcow2Tables(Medium medium, Qcow2Header header, Qcow2Claims claims) throws IOException {
    this.medium = medium;
    this.claims = claims;
    cluster = header.cluster();
    entriesPerTable = header.l2Entries();
    firstOffset = header.l1Offset();
    int clusters = clustersFor(header.l1Entries());
    claims.requireInside(firstOffset, "the L1 table");
    claims.claim(firstOffset, clusters, "the L1 table");
    ByteBuffer bytes =
        ByteBuffer.allocate(header.l1Entries() * Long.BYTES).order(ByteOrder.BIG_ENDIAN);
    medium.read(firstOffset, bytes);
    first = new long[header.l1Entries()];
    bytes.flip().asLongBuffer().get(first);
    for (long entry : first) {
      long place = entry & OFFSET_MASK;
      if (place != 0) {
        claims.requireInside(place, "an L2 table");
        claims.claim(place, 1, "an L2 table");
      }
    }
  }

  private int clustersFor(int entries) {
    return Math.max(1, Math.ceilDiv(entries * Long.BYTES, cluster));
  }

  long pendingBytes() {
    return (long) dirtyTables * cluster;
  }

  /** Whether there is nothing around a cluster of the disk. */
  boolean absent(long index) {
    return (first[(int) (index / entriesPerTable)] & OFFSET_MASK) == 0;
  }

  /** The first cluster that another table than this one's describes. */
  long nextTable(long index) {
    return (index / entriesPerTable + 1) * entriesPerTable;
  }

  /** The entry of a cluster of the disk. */
  synchronized long get(long index) throws IOException {
    Table table = table((int) (index / entriesPerTable));
    return table == null ? 0 : table.entries[(int) (index % entriesPerTable)];
  }

  private @Nullable Table table(int number) throws IOException {
    Table table = cache.get(number);
    long place = first[number] & OFFSET_MASK;
    if (table == null && place != 0) {
      ByteBuffer bytes = ByteBuffer.allocate(cluster).order(ByteOrder.BIG_ENDIAN);
      medium.read(place, bytes);
      long[] entries = new long[entriesPerTable];
      bytes.flip().asLongBuffer().get(entries);
      table = keep(number, entries);
    }
    return table;
  }

  private Table keep(int number, long[] entries) {
    Table table = new Table(entries);
    cache.put(number, table);
    Iterator<Table> oldest = cache.values().iterator();
    while ((long) cache.size() * cluster > CACHE_BYTES && oldest.hasNext()) {
      Table old = oldest.next();
      if (!old.dirty && old != table) {
        oldest.remove();
      }
    }
    return table;
  }

  /** Changes the entry of a cluster of the disk; its table must be {@linkplain #prepare ready}. */
  synchronized void set(long index, long entry) throws IOException {
    Table table = table((int) (index / entriesPerTable));
    if (table == null) {
      throw new IllegalStateException("no table for cluster " + index);
    }
    table.entries[(int) (index % entriesPerTable)] = entry;
    if (!table.dirty) {
      table.dirty = true;
      dirtyTables++;
    }
  }

  /** Makes sure that there is a table for a cluster of the disk that is the disk's alone. */
  synchronized void prepare(long index, Qcow2Refcounts refcounts) throws IOException {
    int number = (int) (index / entriesPerTable);
    long entry = first[number];
    if ((entry & COPIED) != 0 && (entry & OFFSET_MASK) != 0) {
      return;
    }
    Table old = table(number);
    long place = refcounts.allocate();
    claims.claim(place, 1, "an L2 table");
    if (old == null) {
      old = keep(number, new long[entriesPerTable]);
    } else {
      // An internal snapshot has it too.
      claims.release(entry & OFFSET_MASK);
      refcounts.release(entry & OFFSET_MASK);
    }
    if (!old.dirty) {
      old.dirty = true;
      dirtyTables++;
    }
    first[number] = place | COPIED;
    dirtyFirst.set(number);
  }

  /** Writes changed tables, which must point to what is on stable storage only. */
  synchronized void storeTables() throws IOException {
    for (Map.Entry<Integer, Table> entry : cache.entrySet()) {
      Table table = entry.getValue();
      if (table.dirty) {
        ByteBuffer bytes = ByteBuffer.allocate(cluster).order(ByteOrder.BIG_ENDIAN);
        bytes.asLongBuffer().put(table.entries);
        medium.write(first[entry.getKey()] & OFFSET_MASK, bytes);
        table.dirty = false;
        dirtyTables--;
      }
    }
  }

  boolean firstChanged() {
    return !dirtyFirst.isEmpty();
  }

  /** Writes where new tables lie, after they are on stable storage. */
  synchronized void storeFirst() throws IOException {
    for (int i = dirtyFirst.nextSetBit(0); i >= 0; i = dirtyFirst.nextSetBit(i + 1)) {
      medium.write(
          firstOffset + (long) i * Long.BYTES,
          ByteBuffer.allocate(Long.BYTES).putLong(0, first[i]));
    }
    dirtyFirst.clear();
  }

  /** Writes the first table, longer, to another place; to be followed by a sync. */
  synchronized long copyFirst(int entries, Qcow2Refcounts refcounts) throws IOException {
    int clusters = clustersFor(entries);
    long place = refcounts.allocateRun(clusters);
    claims.claim(place, clusters, "the L1 table");
    ByteBuffer bytes = ByteBuffer.allocate(clusters * cluster).order(ByteOrder.BIG_ENDIAN);
    bytes.asLongBuffer().put(first);
    medium.write(place, bytes);
    return place;
  }

  /** The header points to the copy now. */
  synchronized void firstMoved(int entries, long place, Qcow2Refcounts refcounts) {
    int clusters = clustersFor(first.length);
    for (int i = 0; i < clusters; i++) {
      claims.release(firstOffset + (long) i * cluster);
      refcounts.release(firstOffset + (long) i * cluster);
    }
    first = Arrays.copyOf(first, entries);
    firstOffset = place;
  }
}
