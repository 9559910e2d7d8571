package org.javisor.storage.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** The super block (kernel documentation, "Super Block"); offsets are those of its table. */
final class SuperBlock {

  static final int SIZE = 1024;

  /** Where it lies in block 0; in the other groups it begins the group. */
  static final int PRIMARY_OFFSET = 1024;

  static final int MAGIC = 0xef53;

  static final int COMPATIBLE =
      0x4 /* has_journal */ | 0x8 /* ext_attr */ | 0x10 /* resize_inode */ | 0x20 /* dir_index */;
  static final int INCOMPATIBLE =
      0x2 /* filetype */ | 0x40 /* extents */ | 0x80 /* 64bit */ | 0x200 /* flex_bg */;
  static final int READ_ONLY_COMPATIBLE =
      0x1 /* sparse_super */
          | 0x2 /* large_file */
          | 0x8 /* huge_file */
          | 0x20 /* dir_nlink */
          | 0x40 /* extra_isize */
          | 0x400 /* metadata_csum */;

  private static final int CHECKSUM = 1020;
  private static final int STATE_CLEAN = 1;
  private static final int ERRORS_CONTINUE = 1;
  private static final int UNSIGNED_HASH = 2;
  private static final int CRC32C = 1;
  private static final int USER_ATTRIBUTES_AND_ACCESS_LISTS = 0x4 | 0x8;

  /** One block of this many is kept for root, so that a full disk can be cleaned up. */
  private static final int RESERVED_FRACTION = 100;

  private SuperBlock() {}

  /**
   * @param group whose copy it is
   * @param journalField what the journal's inode has for its extents, kept here in reserve
   */
  static byte[] encode(
      Layout layout,
      String label,
      UUID uuid,
      UUID hashSeed,
      Instant made,
      long freeInodes,
      byte[] journalField,
      int group) {
    byte[] bytes = new byte[SIZE];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long free = layout.free.count();
    long reserved = layout.blocks / RESERVED_FRACTION;
    int time = Math.clamp(made.getEpochSecond(), 0, Integer.MAX_VALUE);
    out.putInt(0, (int) layout.inodes());
    putLong(out, 4, 336, layout.blocks);
    putLong(out, 8, 340, reserved);
    putLong(out, 12, 344, free);
    out.putInt(16, (int) freeInodes);
    out.putInt(24, 2); // block size 1024 << 2
    out.putInt(28, 2); // cluster size likewise
    out.putInt(32, Layout.BLOCKS_PER_GROUP);
    out.putInt(36, Layout.BLOCKS_PER_GROUP);
    out.putInt(40, layout.inodesPerGroup);
    out.putInt(48, time); // last written
    out.putShort(54, (short) -1); // check after no number of mounts
    out.putShort(56, (short) MAGIC);
    out.putShort(58, (short) STATE_CLEAN);
    out.putShort(60, (short) ERRORS_CONTINUE);
    out.putInt(64, time); // last checked
    out.putInt(76, 1); // revision with features
    out.putInt(84, Inode.FIRST_ORDINARY);
    out.putShort(88, (short) Layout.INODE_SIZE);
    out.putShort(90, (short) group);
    out.putInt(92, COMPATIBLE);
    out.putInt(96, INCOMPATIBLE);
    out.putInt(100, READ_ONLY_COMPATIBLE);
    out.put(104, Checksum.bytes(uuid));
    out.put(120, label.getBytes(StandardCharsets.UTF_8));
    out.putShort(206, (short) layout.reservedDescriptorBlocks);
    out.putInt(224, Inode.JOURNAL);
    out.put(236, Checksum.bytes(hashSeed));
    out.put(252, (byte) HalfMd4.VERSION);
    out.put(253, (byte) 1); // what follows at 268 is the journal's
    out.putShort(254, (short) Layout.DESCRIPTOR_SIZE);
    out.putInt(256, USER_ATTRIBUTES_AND_ACCESS_LISTS);
    out.putInt(264, time); // made
    out.put(268, journalField);
    out.putInt(268 + 16 * 4, layout.journalBlocks * Layout.BLOCK_SIZE);
    out.putShort(348, (short) Inode.EXTRA_SIZE);
    out.putShort(350, (short) Inode.EXTRA_SIZE);
    out.putInt(352, UNSIGNED_HASH);
    out.put(372, (byte) Layout.LOG_GROUPS_PER_FLEX);
    out.put(373, (byte) CRC32C);
    out.putInt(584, (int) layout.overhead());
    out.putInt(CHECKSUM, Checksum.ofSuperBlock(bytes, CHECKSUM));
    return bytes;
  }

  private static void putLong(ByteBuffer out, int low, int high, long value) {
    out.putInt(low, (int) value);
    out.putInt(high, (int) (value >>> 32));
  }
}
