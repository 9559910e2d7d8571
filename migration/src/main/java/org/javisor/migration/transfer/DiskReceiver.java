package org.javisor.migration.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.javisor.migration.protocol.ProtocolException;
import org.javisor.storage.block.BlockDevice;
import org.javisor.storage.block.DirtyBlocks;

/** Puts blocks onto the disks of a machine that arrives. */
public final class DiskReceiver {
  private final List<? extends BlockDevice> disks;

  /** Onto these disks, in their order. */
  public DiskReceiver(List<? extends BlockDevice> disks) {
    this.disks = List.copyOf(disks);
  }

  /**
   * Takes the blocks of a frame.
   *
   * @throws ProtocolException if there are none such on the disks
   * @throws IOException if they cannot be written
   */
  public void take(ByteBuffer frame) throws IOException {
    if (!frame.hasRemaining()) {
      throw new ProtocolException("a frame of blocks without a disk");
    }
    int number = frame.get();
    if (number < 0 || number >= disks.size()) {
      throw new ProtocolException("a block of disk " + number);
    }
    BlockDevice disk = disks.get(number);
    while (frame.hasRemaining()) {
      if (frame.remaining() < Integer.BYTES) {
        throw new ProtocolException("a frame of blocks that ends in a number");
      }
      int word = frame.getInt();
      long offset = (long) (word >>> Encoding.BITS) * DirtyBlocks.BLOCK;
      int length = (int) Math.min(DirtyBlocks.BLOCK, disk.size() - offset);
      if (length <= 0) {
        throw new ProtocolException("a block behind the end of the disk");
      }
      switch (word & Encoding.MASK) {
        case Encoding.ZERO -> disk.writeZeroes(offset, length);
        case Encoding.WHOLE -> {
          if (frame.remaining() < length) {
            throw new ProtocolException("half a block");
          }
          disk.write(offset, frame.slice(frame.position(), length));
          frame.position(frame.position() + length);
        }
        default -> throw new ProtocolException("a block in an unknown encoding");
      }
    }
  }

  /** Waits until all is on stable storage. */
  public void flush() throws IOException {
    for (BlockDevice disk : disks) {
      disk.flush();
    }
  }
}
