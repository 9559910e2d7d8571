package org.javisor.image.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** Files that are mostly holes. */
final class SparseFile {
  private static final int PIECE = 64 * 1024;

  private SparseFile() {}

  /**
   * Copies a file so that pieces of zeroes become holes.
   *
   * @param size length of the copy in bytes, at least that of the original
   * @param copied told the bytes as they are copied
   */
  static void copy(Path from, Path to, long size, LongConsumer copied) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
      ByteBuffer zeroes = ByteBuffer.allocateDirect(PIECE);
      long at = 0;
      for (int n = in.read(buffer, at); n >= 0; n = in.read(buffer, at)) {
        buffer.flip();
        if (buffer.mismatch(zeroes.slice(0, n)) >= 0) {
          while (buffer.hasRemaining()) {
            out.write(buffer, at + buffer.position());
          }
        }
        buffer.clear();
        at += n;
        copied.accept(n);
      }
      copied.accept(size - at);
      if (out.size() < size) {
        // The last byte gives the file its length.
        out.write(ByteBuffer.allocate(1), size - 1);
      }
    }
  }
}
