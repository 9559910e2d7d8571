package org.javisor.storage.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.javisor.storage.tree.FileMetadata;

/** The 256 bytes that describe a file (kernel documentation, "Index Nodes"). */
final class Inode {

  static final int ROOT = 2;
  static final int RESIZE = 7;
  static final int JOURNAL = 8;
  static final int LOST_AND_FOUND = 11;
  static final int FIRST_FREE = 12;

  /** Inode numbers below this one are reserved. */
  static final int FIRST_ORDINARY = 11;

  static final int EXTENTS_FLAG = 0x80000;
  static final int INDEX_FLAG = 0x1000;

  /** Bytes for the root of the extent tree, a short symbolic link or a device number. */
  static final int BLOCK_FIELD_SIZE = 60;

  static final int BLOCK_FIELD = 40;

  /** Length of the fields beyond the original 128 bytes. */
  static final int EXTRA_SIZE = 32;

  static final int FIELDS_END = 128 + EXTRA_SIZE;

  private static final int CHECKSUM_LOW = 124;
  private static final int CHECKSUM_HIGH = 130;
  private static final int SECTORS_PER_BLOCK = Layout.BLOCK_SIZE / 512;

  final byte[] bytes = new byte[Layout.INODE_SIZE];
  private final ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

  Inode(int typeBits, FileMetadata metadata, int links, long size) {
    out.putShort(0, (short) (typeBits | metadata.permissions()));
    out.putShort(2, (short) metadata.userId());
    out.putShort(24, (short) metadata.groupId());
    out.putShort(120, (short) (metadata.userId() >>> 16));
    out.putShort(122, (short) (metadata.groupId() >>> 16));
    out.putShort(26, (short) links);
    out.putInt(4, (int) size);
    out.putInt(108, (int) (size >>> 32));
    out.putShort(128, (short) EXTRA_SIZE);
    // Access, change and creation are the same moment: equal input gives equal output.
    putTime(8, 140, metadata.modified());
    putTime(12, 132, metadata.modified());
    putTime(16, 136, metadata.modified());
    putTime(144, 148, metadata.modified());
  }

  /** 34 bits of seconds from 1901 on, and nanoseconds. */
  private void putTime(int low, int extra, Instant time) {
    long seconds =
        Math.clamp(time.getEpochSecond(), Integer.MIN_VALUE, (3L << 32) + Integer.MAX_VALUE);
    int epoch = (int) ((seconds - (int) seconds) >> 32) & 3;
    out.putInt(low, (int) seconds);
    out.putInt(extra, (time.getNano() << 2) | epoch);
  }

  void putFlags(int flags) {
    out.putInt(32, flags);
  }

  void putBlockField(byte[] field) {
    out.put(BLOCK_FIELD, field);
  }

  void putBlockPointer(int index, int value) {
    out.putInt(BLOCK_FIELD + 4 * index, value);
  }

  /** Says how many blocks the file has, counting those that only describe it. */
  void putBlocks(long blocks) {
    long sectors = blocks * SECTORS_PER_BLOCK;
    out.putInt(28, (int) sectors);
    out.putShort(116, (short) (sectors >>> 32));
  }

  void putAttributeBlock(long block) {
    out.putInt(104, (int) block);
    out.putShort(118, (short) (block >>> 32));
  }

  /** Must come last. */
  void putChecksum(int inode, Checksum checksum) {
    int sum = checksum.ofInode(inode, bytes, 0, bytes.length);
    out.putShort(CHECKSUM_LOW, (short) sum);
    out.putShort(CHECKSUM_HIGH, (short) (sum >>> 16));
  }
}
