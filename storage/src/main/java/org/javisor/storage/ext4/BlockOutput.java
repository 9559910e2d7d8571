package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes blocks to the file, neighbours in one go. */
final class BlockOutput {

  private static final int CAPACITY = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer pending = ByteBuffer.allocateDirect(CAPACITY);
  private long pendingStart;

  BlockOutput(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Writes whole blocks; the last one is filled up with zeroes.
   *
   * @param block number of the first block
   */
  void write(long block, byte[] bytes, int offset, int length) throws IOException {
    long position = block * BLOCK_SIZE;
    if (position != pendingStart + pending.position()) {
      flush();
      pendingStart = position;
    }
    int done = 0;
    while (done < length) {
      if (!pending.hasRemaining()) {
        flush();
      }
      int some = Math.min(pending.remaining(), length - done);
      pending.put(bytes, offset + done, some);
      done += some;
    }
    while (pending.position() % BLOCK_SIZE != 0) {
      pending.put((byte) 0);
    }
  }

  /** Writes one block. */
  void write(long block, byte[] bytes) throws IOException {
    write(block, bytes, 0, bytes.length);
  }

  void flush() throws IOException {
    long position = pendingStart;
    pending.flip();
    while (pending.hasRemaining()) {
      position += channel.write(pending, position);
    }
    pending.clear();
    pendingStart = position;
  }
}
