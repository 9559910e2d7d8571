package org.javisor.migration.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.javisor.machine.Entropy;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Link;
import org.javisor.storage.block.DirtyBlocks;
import org.javisor.storage.block.LayeredDisk;

/**
 * Sends what a disk has of its own, the image it stands on left out, and then what is written to it
 * meanwhile.
 */
public final class DiskSender implements Closeable {
  private final LayeredDisk disk;
  private final int number;
  private final Link link;
  private final Pacer pacer;
  private final DirtyBlocks dirty;
  private final PageContent content = new PageContent(Entropy.secure());
  private final byte[] bytes = new byte[Content.LONGEST];
  private final ByteBuffer frame = ByteBuffer.wrap(bytes);
  private BitSet left;
  private long whole;

  /** Sends the disk of this number among the machine's. Writes are noted from now on. */
  public DiskSender(LayeredDisk disk, int number, Link link, Pacer pacer) throws IOException {
    this.disk = disk;
    this.number = number;
    this.link = link;
    this.pacer = pacer;
    dirty = disk.trackWrites();
    left = disk.ownBlocks();
    begin();
  }

  /** Sends all blocks that differ from what the target has, as they are now. */
  public void send() throws IOException, InterruptedException {
    BitSet now = left;
    left = new BitSet();
    now.or(dirty.take());
    for (int block = now.nextSetBit(0); block >= 0; block = now.nextSetBit(block + 1)) {
      send(block);
      if (frame.remaining() < Integer.BYTES + DirtyBlocks.BLOCK) {
        flush();
      }
    }
    flush();
  }

  private void send(int block) throws IOException {
    long offset = (long) block * DirtyBlocks.BLOCK;
    int length = (int) Math.min(DirtyBlocks.BLOCK, disk.size() - offset);
    if (length <= 0) {
      return; // It has become smaller since.
    }
    int at = frame.position() + Integer.BYTES;
    disk.read(offset, ByteBuffer.wrap(bytes, at, length));
    boolean zero = content.of(bytes, at, length) == PageContent.ZERO;
    frame.putInt((block << Encoding.BITS) | (zero ? Encoding.ZERO : Encoding.WHOLE));
    if (!zero) {
      frame.position(at + length);
      whole++;
    }
  }

  private void begin() {
    frame.clear();
    frame.put((byte) number);
  }

  private void flush() throws IOException, InterruptedException {
    int length = frame.position();
    if (length > 1) {
      pacer.await(length);
      link.send(Content.Kind.BLOCKS, bytes, length);
      begin();
    }
  }

  /** Blocks that would be sent now, about. */
  public long waiting() {
    return left.cardinality() + dirty.count();
  }

  /** Blocks that were sent whole, so far. */
  public long whole() {
    return whole;
  }

  @Override
  public void close() {
    dirty.close();
  }
}
