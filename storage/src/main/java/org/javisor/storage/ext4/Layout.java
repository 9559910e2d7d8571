package org.javisor.storage.ext4;

import java.io.IOException;

/**
 * Where everything that is not a file lies: super blocks, group descriptors and bitmaps (kernel
 * documentation, "ext4 Data Structures and Algorithms", section 2).
 *
 * <p>Blocks have 4 KiB and groups 32768 blocks. Group 0, group 1 and groups whose number is a power
 * of 3, 5 or 7 begin with a copy of the super block, the descriptor table and the blocks reserved
 * for its growth. The bitmaps and inode tables of sixteen neighbouring groups lie together in the
 * first of them, so that file data behind them is contiguous.
 */
final class Layout {

  static final int BLOCK_SIZE = 4096;
  static final int BLOCKS_PER_GROUP = 8 * BLOCK_SIZE;
  static final int INODE_SIZE = 256;
  static final int INODES_PER_BLOCK = BLOCK_SIZE / INODE_SIZE;
  static final int DESCRIPTOR_SIZE = 64;
  static final int DESCRIPTORS_PER_BLOCK = BLOCK_SIZE / DESCRIPTOR_SIZE;
  static final int LOG_GROUPS_PER_FLEX = 4;
  static final int GROUPS_PER_FLEX = 1 << LOG_GROUPS_PER_FLEX;

  /** Block numbers in one block of the block-mapped resize inode. */
  static final int POINTERS_PER_BLOCK = BLOCK_SIZE / 4;

  private static final int BYTES_PER_INODE = 16384;

  /** A last group with less room than this for files is not worth its metadata. */
  private static final int SMALLEST_USEFUL_REST = 50;

  /** Every file system can grow to 1 TiB while mounted, or sixteenfold, up to 16 TiB. */
  private static final long GROWTH_BLOCKS = (1L << 40) / BLOCK_SIZE;

  private static final long GROWTH_LIMIT_BLOCKS = (16L << 40) / BLOCK_SIZE;

  final long blocks;
  final int groups;
  final int inodesPerGroup;
  final int descriptorBlocks;
  final int reservedDescriptorBlocks;
  final long journalStart;
  final int journalBlocks;
  final FreeBlocks free;

  private final long[] blockBitmaps;
  private final long[] inodeBitmaps;
  private final long[] inodeTables;

  Layout(Ext4Options options) throws IOException {
    long wanted = options.size() / BLOCK_SIZE;
    long inodes = options.inodes() > 0 ? options.inodes() : options.size() / BYTES_PER_INODE;
    inodes += Inode.FIRST_FREE;
    int perGroup = inodesPerGroup(inodes, groupsFor(wanted));
    int descriptors = descriptorBlocksFor(wanted);
    int reserved = reservedFor(wanted, descriptors);
    long rest = wanted % BLOCKS_PER_GROUP;
    int lastGroup = groupsFor(wanted) - 1;
    int overhead =
        (hasSuperBlock(lastGroup) ? 1 + descriptors + reserved : 0)
            + 2
            + perGroup / INODES_PER_BLOCK
            + SMALLEST_USEFUL_REST;
    if (lastGroup > 0 && rest > 0 && rest < overhead) {
      wanted -= rest;
    }
    blocks = wanted;
    groups = groupsFor(wanted);
    inodesPerGroup = inodesPerGroup(inodes, groups);
    descriptorBlocks = descriptorBlocksFor(wanted);
    reservedDescriptorBlocks = reservedFor(wanted, descriptorBlocks);
    if ((long) inodeTableBlocks() * groups > blocks / 2) {
      throw new IOException(
          "%d inodes do not fit a file system of %d bytes".formatted(inodes, options.size()));
    }
    free = new FreeBlocks(blocks);
    blockBitmaps = new long[groups];
    inodeBitmaps = new long[groups];
    inodeTables = new long[groups];
    place();
    journalBlocks = journalBlocksFor(blocks);
    journalStart = free.takeContiguous(0, journalBlocks);
  }

  private void place() throws IOException {
    for (int group = 0; group < groups; group++) {
      if (hasSuperBlock(group)) {
        free.take(firstBlock(group), 1L + descriptorBlocks + reservedDescriptorBlocks);
      }
    }
    for (int first = 0; first < groups; first += GROUPS_PER_FLEX) {
      int count = Math.min(GROUPS_PER_FLEX, groups - first);
      long blockBitmap = free.takeContiguous(firstBlock(first), count);
      long inodeBitmap = free.takeContiguous(blockBitmap, count);
      for (int i = 0; i < count; i++) {
        blockBitmaps[first + i] = blockBitmap + i;
        inodeBitmaps[first + i] = inodeBitmap + i;
        inodeTables[first + i] = free.takeContiguous(inodeBitmap, inodeTableBlocks());
      }
    }
  }

  private static int groupsFor(long blocks) {
    return Math.toIntExact(Math.ceilDiv(blocks, BLOCKS_PER_GROUP));
  }

  private static int descriptorBlocksFor(long blocks) {
    return Math.ceilDiv(groupsFor(blocks), DESCRIPTORS_PER_BLOCK);
  }

  private static int reservedFor(long blocks, int descriptorBlocks) {
    long largest = Math.min(Math.max(16 * blocks, GROWTH_BLOCKS), GROWTH_LIMIT_BLOCKS);
    return Math.min(descriptorBlocksFor(largest) - descriptorBlocks, POINTERS_PER_BLOCK);
  }

  private static int inodesPerGroup(long inodes, int groups) throws IOException {
    long each = Math.ceilDiv(Math.ceilDiv(inodes, groups), INODES_PER_BLOCK) * INODES_PER_BLOCK;
    if (each > BLOCKS_PER_GROUP) {
      throw new IOException(inodes + " inodes do not fit " + groups + " groups");
    }
    return (int) each;
  }

  private static int journalBlocksFor(long blocks) {
    long mebibytes = (blocks * BLOCK_SIZE) >> 20;
    int journal = mebibytes < 128 ? 4 : mebibytes < 1024 ? 8 : mebibytes < 8192 ? 16 : 64;
    return (journal << 20) / BLOCK_SIZE;
  }

  /** Whether the group begins with a copy of the super block (feature sparse_super). */
  static boolean hasSuperBlock(int group) {
    return group <= 1 || isPower(group, 3) || isPower(group, 5) || isPower(group, 7);
  }

  private static boolean isPower(int number, int base) {
    int n = number;
    while (n % base == 0) {
      n /= base;
    }
    return n == 1;
  }

  static long firstBlock(int group) {
    return (long) group * BLOCKS_PER_GROUP;
  }

  int blocksIn(int group) {
    return (int) Math.min(BLOCKS_PER_GROUP, blocks - firstBlock(group));
  }

  int inodeTableBlocks() {
    return inodesPerGroup / INODES_PER_BLOCK;
  }

  long inodes() {
    return (long) inodesPerGroup * groups;
  }

  long blockBitmap(int group) {
    return blockBitmaps[group];
  }

  long inodeBitmap(int group) {
    return inodeBitmaps[group];
  }

  long inodeTable(int group) {
    return inodeTables[group];
  }

  /** The block that holds an inode. */
  long inodeBlock(int inode) {
    int index = (inode - 1) % inodesPerGroup;
    return inodeTables[(inode - 1) / inodesPerGroup] + index / INODES_PER_BLOCK;
  }

  /** Blocks that can never hold file data, the journal included. */
  long overhead() {
    long sum = (long) groups * (2 + inodeTableBlocks()) + journalBlocks;
    for (int group = 0; group < groups; group++) {
      sum += hasSuperBlock(group) ? 1 + descriptorBlocks + reservedDescriptorBlocks : 0;
    }
    return sum;
  }
}
