package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;
import static org.javisor.storage.ext4.Layout.POINTERS_PER_BLOCK;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.UUID;
import org.javisor.storage.tree.FileMetadata;

/** The two files of the file system's own: its journal, and what it grows into. */
final class ReservedInodes {

  private static final int REGULAR = 0100000;
  private static final int JOURNAL_MAGIC = 0xc03b3998;
  private static final int JOURNAL_SUPER_BLOCK_2 = 4;
  private static final int DOUBLE_INDIRECT = 13;

  private ReservedInodes() {}

  /**
   * Writes an empty journal (kernel documentation, "Journal (jbd2)", big-endian): nothing to
   * recover, first transaction 1. All other blocks of it are zero already.
   */
  static Inode journal(
      Layout layout, UUID uuid, Instant made, Checksum checksum, BlockOutput output)
      throws IOException {
    byte[] block = new byte[BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.BIG_ENDIAN);
    out.putInt(0, JOURNAL_MAGIC);
    out.putInt(4, JOURNAL_SUPER_BLOCK_2);
    out.putInt(12, BLOCK_SIZE);
    out.putInt(16, layout.journalBlocks);
    out.putInt(20, 1); // first block of the log
    out.putInt(24, 1); // first transaction expected
    out.put(48, Checksum.bytes(uuid));
    out.putInt(64, 1); // file systems that use it
    output.write(layout.journalStart, block);
    Extents extents = new Extents();
    extents.add(0, layout.journalStart, layout.journalBlocks);
    Inode inode =
        new Inode(
            REGULAR, FileMetadata.ofRoot(0600, made), 1, (long) layout.journalBlocks * BLOCK_SIZE);
    inode.putFlags(Inode.EXTENTS_FLAG);
    inode.putBlocks(layout.journalBlocks);
    inode.putBlockField(
        ExtentTree.write(extents, Inode.JOURNAL, checksum, layout.free, output, new Extents()));
    return inode;
  }

  /**
   * Writes the inode that owns the blocks behind every copy of the descriptor table, so that the
   * table can grow in place. It is mapped the old way: its double indirect block points to the
   * reserved blocks of group 0, each of which points to its copies in the other groups.
   */
  static Inode resize(Layout layout, Instant made, BlockOutput output) throws IOException {
    byte[] indirect = new byte[BLOCK_SIZE];
    ByteBuffer pointers = ByteBuffer.wrap(indirect).order(ByteOrder.LITTLE_ENDIAN);
    long blocks = 1;
    for (int i = 0; i < layout.reservedDescriptorBlocks; i++) {
      int reserved = 1 + layout.descriptorBlocks + i;
      int index = (layout.descriptorBlocks + i) % POINTERS_PER_BLOCK;
      pointers.putInt(4 * index, reserved);
      byte[] copies = new byte[BLOCK_SIZE];
      ByteBuffer out = ByteBuffer.wrap(copies).order(ByteOrder.LITTLE_ENDIAN);
      for (int group = 1; group < layout.groups; group++) {
        if (Layout.hasSuperBlock(group)) {
          out.putInt((int) (Layout.firstBlock(group) + reserved));
        }
      }
      output.write(reserved, copies);
      blocks += 1 + out.position() / 4;
    }
    long block = layout.free.takeNext(1).start();
    output.write(block, indirect);
    long size = (POINTERS_PER_BLOCK * (POINTERS_PER_BLOCK + 1L) + 12) * BLOCK_SIZE;
    Inode inode = new Inode(REGULAR, FileMetadata.ofRoot(0600, made), 1, size);
    inode.putBlockPointer(DOUBLE_INDIRECT, Math.toIntExact(block));
    inode.putBlocks(blocks);
    return inode;
  }
}
