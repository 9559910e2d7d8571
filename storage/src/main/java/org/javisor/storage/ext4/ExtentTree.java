package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The extents of a file as a tree whose root lies in the inode and has room for four; further
 * levels are blocks of 340 (kernel documentation, "Extent Tree").
 */
final class ExtentTree {

  static final int MAGIC = 0xf30a;
  static final int HEADER = 12;
  static final int ENTRY = 12;
  static final int ROOT_ENTRIES = 4;
  private static final int BLOCK_ENTRIES = (BLOCK_SIZE - HEADER - 4) / ENTRY;
  private static final int TAIL = HEADER + BLOCK_ENTRIES * ENTRY;

  /** One entry of any level: the first file block it covers, and its twelve bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Item(long logical, byte[] bytes) {}

  private ExtentTree() {}

  /**
   * Writes the blocks of the tree and returns its root, the 60 bytes for the inode.
   *
   * @param own receives the blocks the tree itself needed
   */
  static byte[] write(
      Extents extents,
      int inode,
      Checksum checksum,
      FreeBlocks free,
      BlockOutput output,
      Extents own)
      throws IOException {
    List<Item> items = new ArrayList<>(extents.list().size());
    for (Extents.Extent extent : extents.list()) {
      items.add(leafItem(extent));
    }
    int depth = 0;
    while (items.size() > ROOT_ENTRIES) {
      List<Item> above = new ArrayList<>();
      for (int i = 0; i < items.size(); i += BLOCK_ENTRIES) {
        List<Item> part = items.subList(i, Math.min(i + BLOCK_ENTRIES, items.size()));
        byte[] block = new byte[BLOCK_SIZE];
        put(block, part, BLOCK_ENTRIES, depth);
        ByteBuffer.wrap(block)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(TAIL, checksum.ofInode(inode, block, 0, TAIL));
        long number = free.takeNext(1).start();
        own.add(own.blocks(), number, 1);
        output.write(number, block);
        above.add(indexItem(part.getFirst().logical(), number));
      }
      items = above;
      depth++;
    }
    byte[] root = new byte[Inode.BLOCK_FIELD_SIZE];
    put(root, items, ROOT_ENTRIES, depth);
    return root;
  }

  private static void put(byte[] bytes, List<Item> items, int room, int depth) {
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) MAGIC);
    out.putShort((short) items.size());
    out.putShort((short) room);
    out.putShort((short) depth);
    out.putInt(0); // generation
    for (Item item : items) {
      out.put(item.bytes());
    }
  }

  private static Item leafItem(Extents.Extent extent) {
    ByteBuffer out = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt((int) extent.logical());
    out.putShort((short) extent.length());
    out.putShort((short) (extent.physical() >>> 32));
    out.putInt((int) extent.physical());
    return new Item(extent.logical(), out.array());
  }

  private static Item indexItem(long logical, long block) {
    ByteBuffer out = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt((int) logical);
    out.putInt((int) block);
    out.putShort((short) (block >>> 32));
    return new Item(logical, out.array());
  }
}
