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

  /** Whether there are only zeroes in a part of a buffer. */
  static boolean only(ByteBuffer buffer, int from, int length) {
    ByteBuffer part = buffer.slice(from, length);
    for (int done = 0; done < length; done += SOURCE.capacity()) {
      int some = Math.min(length - done, SOURCE.capacity());
      if (part.slice(done, some).mismatch(SOURCE.slice(0, some)) >= 0) {
        return false;
      }
    }
    return true;
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
