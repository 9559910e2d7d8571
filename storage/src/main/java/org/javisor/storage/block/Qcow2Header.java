package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The header of a qcow2 image (QEMU's docs/interop/qcow2.txt), big-endian.
 *
 * @param version 2 or 3
 * @param clusterBits cluster size as a power of two, 9 to 21
 * @param size of the disk in bytes
 * @param l1Entries entries of the L1 table
 * @param l1Offset byte of the file where it begins
 * @param refcountTable byte of the file where the refcount table begins
 * @param refcountTableClusters its length
 * @param snapshots internal snapshots
 * @param incompatible features that a reader must know
 * @param autoclear features that a writer who does not know them must clear
 * @param refcountOrder refcounts have 2 to the power of this bits
 * @param zstd whether compressed clusters are zstd's, not deflated
 * @param backing name of the backing file; empty if there is none
 * @param backingFormat its format, if the image says so
 */
record Qcow2Header(
    int version,
    int clusterBits,
    long size,
    int l1Entries,
    long l1Offset,
    long refcountTable,
    int refcountTableClusters,
    int snapshots,
    long incompatible,
    long autoclear,
    int refcountOrder,
    boolean zstd,
    String backing,
    String backingFormat) {

  static final int DIRTY = 1;
  static final int CORRUPT = 2;
  private static final int COMPRESSION = 8;
  private static final int MAGIC = 0x514649fb;
  private static final int V2_BYTES = 72;
  private static final int V3_BYTES = 104;
  private static final int NEW_BYTES = 112;
  private static final int BACKING_FORMAT = 0xe2792aca;
  private static final int LONGEST_BACKING = 1023;

  /** Limits that QEMU has too; what is beyond them, nobody has made in earnest. */
  private static final int MOST_L1_BYTES = 32 << 20;

  private static final int MOST_TABLE_BYTES = 8 << 20;

  int cluster() {
    return 1 << clusterBits;
  }

  /** Entries of an L2 table. */
  int l2Entries() {
    return cluster() / Long.BYTES;
  }

  /** L1 entries that a disk of this size needs. */
  static long l1Needed(long size, int clusterBits) {
    return Math.ceilDiv(Math.ceilDiv(size, 1L << clusterBits), (1L << clusterBits) / Long.BYTES);
  }

  Qcow2Header withL1(long newSize, int entries, long offset) {
    return new Qcow2Header(
        version,
        clusterBits,
        newSize,
        entries,
        offset,
        refcountTable,
        refcountTableClusters,
        snapshots,
        incompatible,
        autoclear,
        refcountOrder,
        zstd,
        backing,
        backingFormat);
  }

  Qcow2Header withRefcountTable(long offset, int clusters) {
    return new Qcow2Header(
        version,
        clusterBits,
        size,
        l1Entries,
        l1Offset,
        offset,
        clusters,
        snapshots,
        incompatible,
        autoclear,
        refcountOrder,
        zstd,
        backing,
        backingFormat);
  }

  /** A header without a backing file, for a fresh image. */
  static Qcow2Header fresh(int version, int clusterBits, long size) {
    return new Qcow2Header(version, clusterBits, size, 0, 0, 0, 0, 0, 0, 0, 4, false, "", "");
  }

  Qcow2Header withBacking(String name, String format) {
    return new Qcow2Header(
        version,
        clusterBits,
        size,
        l1Entries,
        l1Offset,
        refcountTable,
        refcountTableClusters,
        snapshots,
        incompatible,
        autoclear,
        refcountOrder,
        zstd,
        name,
        format);
  }

  /** The whole header of a fresh image, in one cluster. */
  ByteBuffer encode() {
    ByteBuffer out = fields(ByteBuffer.allocate(cluster()));
    int at = version == 2 ? V2_BYTES : NEW_BYTES;
    if (!backing.isEmpty()) {
      byte[] format = backingFormat.getBytes(StandardCharsets.UTF_8);
      if (format.length > 0) {
        out.putInt(at, BACKING_FORMAT).putInt(at + 4, format.length).put(at + 8, format);
        at += 8 + Math.ceilDiv(format.length, 8) * 8;
      }
      at += 8;
      byte[] name = backing.getBytes(StandardCharsets.UTF_8);
      if (name.length > LONGEST_BACKING || at + name.length > cluster()) {
        throw new IllegalArgumentException("the backing file's name is too long: " + backing);
      }
      out.putLong(8, at).putInt(16, name.length).put(at, name);
    }
    if (version >= 3) {
      out.putInt(96, refcountOrder).putInt(100, NEW_BYTES);
    }
    return out;
  }

  /** The fields from 20 to 64, which change together when tables move. */
  ByteBuffer encodeChanging() {
    return fields(ByteBuffer.allocate(V2_BYTES)).slice(20, 40);
  }

  private ByteBuffer fields(ByteBuffer out) {
    out.order(ByteOrder.BIG_ENDIAN);
    out.putInt(0, MAGIC).putInt(4, version).putInt(20, clusterBits).putLong(24, size);
    out.putInt(36, l1Entries).putLong(40, l1Offset).putLong(48, refcountTable);
    return out.putInt(56, refcountTableClusters).putInt(60, snapshots);
  }

  /**
   * Reads and checks a header.
   *
   * @throws IOException if it is none, asks for what is not known here, or contradicts itself
   */
  static Qcow2Header read(Medium medium, String file) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(NEW_BYTES).order(ByteOrder.BIG_ENDIAN);
    medium.read(0, in);
    if (in.getInt(0) != MAGIC) {
      throw new IOException(file + " is not a qcow2 image");
    }
    int version = in.getInt(4);
    if (version != 2 && version != 3) {
      throw new IOException(file + " is qcow2 of version " + version + ", known are 2 and 3");
    }
    if (in.getInt(32) != 0) {
      throw new IOException(file + " is encrypted, which is not possible here");
    }
    int headerBytes = version == 2 ? V2_BYTES : in.getInt(100);
    long incompatible = version == 2 ? 0 : in.getLong(72);
    if ((incompatible & ~(DIRTY | CORRUPT | COMPRESSION)) != 0) {
      throw new IOException(
          "%s has features that are not known here (0x%x): external data files and extended L2 entries are not"
              .formatted(file, incompatible));
    }
    int compression = headerBytes > V3_BYTES ? in.get(V3_BYTES) : 0;
    if (compression > 1 || compression < 0) {
      throw new IOException(file + " has compression of type " + compression + ", not known here");
    }
    int clusterBits = in.getInt(20);
    check(clusterBits >= 9 && clusterBits <= 21, file, "clusters of 2^" + clusterBits + " bytes");
    check(
        version == 2 || (headerBytes >= V3_BYTES && headerBytes <= 1 << clusterBits),
        file,
        "a header of " + headerBytes + " bytes");
    Qcow2Header header =
        new Qcow2Header(
            version,
            clusterBits,
            in.getLong(24),
            in.getInt(36),
            in.getLong(40),
            in.getLong(48),
            in.getInt(56),
            in.getInt(60),
            incompatible,
            version == 2 ? 0 : in.getLong(88),
            version == 2 ? 4 : in.getInt(96),
            compression == 1,
            backing(medium, in, clusterBits, file),
            backingFormat(medium, headerBytes, clusterBits));
    header.check(file);
    return header;
  }

  private static String backing(Medium medium, ByteBuffer in, int clusterBits, String file)
      throws IOException {
    long offset = in.getLong(8);
    int length = in.getInt(16);
    if (offset == 0) {
      return "";
    }
    check(
        length > 0
            && length <= LONGEST_BACKING
            && offset > 0
            && offset <= (1 << clusterBits) - length,
        file,
        "the name of its backing file");
    ByteBuffer name = ByteBuffer.allocate(length);
    medium.read(offset, name);
    return new String(name.array(), StandardCharsets.UTF_8);
  }

  private static String backingFormat(Medium medium, int from, int clusterBits) throws IOException {
    ByteBuffer cluster = ByteBuffer.allocate(1 << clusterBits).order(ByteOrder.BIG_ENDIAN);
    medium.read(0, cluster);
    int at = from;
    while (at + 8 <= cluster.capacity()) {
      int type = cluster.getInt(at);
      int length = cluster.getInt(at + 4);
      if (type == 0 || length < 0 || length > cluster.capacity() - at - 8) {
        break;
      }
      if (type == BACKING_FORMAT) {
        byte[] format = new byte[length];
        cluster.get(at + 8, format);
        return new String(format, StandardCharsets.UTF_8);
      }
      at += 8 + Math.ceilDiv(length, 8) * 8;
    }
    return "";
  }

  private void check(String file) throws IOException {
    check(size > 0 && size % BlockDevice.SECTOR == 0, file, "a disk of " + size + " bytes");
    check(refcountOrder >= 0 && refcountOrder <= 6, file, "refcounts of 2^" + refcountOrder);
    check(
        l1Entries >= 0 && l1Entries <= MOST_L1_BYTES / Long.BYTES,
        file,
        "an L1 table of " + l1Entries + " entries");
    check(
        l1Needed(size, clusterBits) <= l1Entries,
        file,
        "an L1 table of %d entries for a disk of %d bytes".formatted(l1Entries, size));
    check(
        refcountTableClusters > 0 && refcountTableClusters <= (MOST_TABLE_BYTES >> clusterBits),
        file,
        "a refcount table of " + refcountTableClusters + " clusters");
    check(snapshots >= 0 && snapshots <= 65_536, file, snapshots + " internal snapshots");
    check(aligned(l1Offset), file, "an L1 table at " + l1Offset);
    check(aligned(refcountTable), file, "a refcount table at " + refcountTable);
  }

  private boolean aligned(long offset) {
    return offset > 0 && offset % cluster() == 0;
  }

  private static void check(boolean right, String file, String what) throws IOException {
    if (!right) {
      throw new IOException("the qcow2 image " + file + " is damaged: it has " + what);
    }
  }
}
