package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies disks from one format to another; zeroes are left out. */
public final class DiskCopy {
  private static final int PIECE = 1 << 20;
  private static final int UNIT = 1 << 16;

  private DiskCopy() {}

  /**
   * Copies everything that is not zero and flushes the target.
   *
   * @param to all zeroes, at least as large as {@code from}
   * @return false if {@code progress} has ended it
   */
  public static boolean copy(BlockDevice from, BlockDevice to, DiskProgress progress)
      throws IOException {
    if (to.size() < from.size()) {
      throw new IOException(
          "a disk of %d bytes does not fit into one of %d".formatted(from.size(), to.size()));
    }
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    for (long at = from.nextContents(0); at < from.size(); at = from.nextContents(at)) {
      if (!progress.proceed(at, from.size())) {
        return false;
      }
      // Whole units of the source, wherever its contents begin.
      at = at / UNIT * UNIT;
      int length = (int) Math.min(PIECE, from.size() - at);
      from.read(at, piece.clear().limit(length));
      for (int done = 0; done < length; done += UNIT) {
        int some = Math.min(UNIT, length - done);
        if (!Zeroes.only(piece, done, some)) {
          to.write(at + done, piece.slice(done, some));
        }
      }
      at += length;
    }
    to.flush();
    progress.proceed(from.size(), from.size());
    return true;
  }
}
