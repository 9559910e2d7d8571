package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bitmaps and descriptors of the block groups (kernel documentation, "Block Group Descriptors").
 */
final class Groups {

  private static final int INODES_UNINITIALISED = 1;
  private static final int BLOCKS_UNINITIALISED = 2;
  private static final int TABLE_ZEROED = 4;
  private static final int DESCRIPTOR_CHECKSUM = 30;

  private final Layout layout;
  private final Checksum checksum;
  private final int usedInodes;
  private final int[] directories;

  /**
   * @param usedInodes inodes 1 to this one are in use, all others free
   * @param directories how many of each group's inodes are directories
   */
  Groups(Layout layout, Checksum checksum, int usedInodes, int[] directories) {
    this.layout = layout;
    this.checksum = checksum;
    this.usedInodes = usedInodes;
    this.directories = directories;
  }

  /** Writes the bitmaps and returns the descriptor table. */
  byte[] write(BlockOutput output) throws IOException {
    byte[] table = new byte[layout.descriptorBlocks * BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    for (int group = 0; group < layout.groups; group++) {
      describe(group, out.slice(group * Layout.DESCRIPTOR_SIZE, Layout.DESCRIPTOR_SIZE), output);
    }
    return table;
  }

  private void describe(int group, ByteBuffer slice, BlockOutput output) throws IOException {
    ByteBuffer out = slice.order(ByteOrder.LITTLE_ENDIAN);
    int used = usedInodesIn(group);
    long start = Layout.firstBlock(group);
    int freeBlocks = (int) layout.free.countIn(start, start + layout.blocksIn(group));
    boolean blocksUntouched = onlyCopies(group, freeBlocks);
    int flags =
        TABLE_ZEROED
            | (used == 0 ? INODES_UNINITIALISED : 0)
            | (blocksUntouched ? BLOCKS_UNINITIALISED : 0);
    putLong(out, 0, 32, layout.blockBitmap(group));
    putLong(out, 4, 36, layout.inodeBitmap(group));
    putLong(out, 8, 40, layout.inodeTable(group));
    putShorts(out, 12, 44, freeBlocks);
    putShorts(out, 14, 46, layout.inodesPerGroup - used);
    putShorts(out, 16, 48, directories[group]);
    out.putShort(18, (short) flags);
    if (!blocksUntouched) {
      byte[] bitmap = blockBitmap(group);
      output.write(layout.blockBitmap(group), bitmap);
      putShorts(out, 24, 56, checksum.of(bitmap, BLOCK_SIZE));
    }
    if (used > 0) {
      byte[] bitmap = inodeBitmap(used);
      output.write(layout.inodeBitmap(group), bitmap);
      putShorts(out, 26, 58, checksum.of(bitmap, layout.inodesPerGroup / 8));
    }
    putShorts(out, 28, 50, layout.inodesPerGroup - used);
    byte[] bytes = new byte[Layout.DESCRIPTOR_SIZE];
    out.get(0, bytes);
    int sum = checksum.ofNumbered(group, 4, bytes, 0, bytes.length);
    out.putShort(DESCRIPTOR_CHECKSUM, (short) sum);
  }

  private int usedInodesIn(int group) {
    long before = (long) group * layout.inodesPerGroup;
    return Math.clamp(usedInodes - before, 0, layout.inodesPerGroup);
  }

  /**
   * Whether a reader knows the group's bitmap without reading it: only copies of the super block
   * and descriptors are in use. The last group's bitmap is always written, for its end.
   */
  private boolean onlyCopies(int group, int freeBlocks) {
    int copies =
        Layout.hasSuperBlock(group)
            ? 1 + layout.descriptorBlocks + layout.reservedDescriptorBlocks
            : 0;
    return group % Layout.GROUPS_PER_FLEX != 0
        && group != layout.groups - 1
        && freeBlocks == Layout.BLOCKS_PER_GROUP - copies;
  }

  private byte[] blockBitmap(int group) {
    byte[] bitmap = new byte[BLOCK_SIZE];
    Arrays.fill(bitmap, (byte) 0xff);
    long start = Layout.firstBlock(group);
    for (FreeBlocks.Run run : layout.free.runsIn(start, start + layout.blocksIn(group))) {
      clear(bitmap, (int) (run.start() - start), (int) (run.end() - start));
    }
    return bitmap;
  }

  private byte[] inodeBitmap(int used) {
    byte[] bitmap = new byte[BLOCK_SIZE];
    Arrays.fill(bitmap, (byte) 0xff);
    clear(bitmap, used, layout.inodesPerGroup);
    return bitmap;
  }

  private static void clear(byte[] bitmap, int from, int to) {
    int bit = from;
    while (bit < to && bit % 8 != 0) {
      bitmap[bit / 8] &= (byte) ~(1 << bit % 8);
      bit++;
    }
    if (bit < to) {
      Arrays.fill(bitmap, bit / 8, to / 8, (byte) 0);
      bit = to / 8 * 8;
      while (bit < to) {
        bitmap[bit / 8] &= (byte) ~(1 << bit % 8);
        bit++;
      }
    }
  }

  private static void putLong(ByteBuffer out, int low, int high, long value) {
    out.putInt(low, (int) value);
    out.putInt(high, (int) (value >>> 32));
  }

  private static void putShorts(ByteBuffer out, int low, int high, int value) {
    out.putShort(low, (short) value);
    out.putShort(high, (short) (value >>> 16));
  }
}
