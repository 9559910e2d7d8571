package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Zeroes, into buffers and onto media. */
final class Zeroes {

  private static final ByteBuffer SOURCE = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

  private Zeroes() {}

  /** Fills what remains of {@code buffer}. */
  static void fill(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      int length = Math.min(buffer.remaining(), SOURCE.capacity());
      buffer.put(buffer.position(), SOURCE, 0, length);
      buffer.position(buffer.position() + length);
    }
  }

  static void write(Medium medium, long offset, long length) throws IOException {
    long done = 0;
    while (done < length) {
      int some = (int) Math.min(length - done, SOURCE.capacity());
      medium.write(offset + done, SOURCE.slice(0, some));
      done += some;
    }
  }
}
