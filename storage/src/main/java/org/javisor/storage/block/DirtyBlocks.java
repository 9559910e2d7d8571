package org.javisor.storage.block;

import java.io.Closeable;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a disk that were written since a mark: a bit for each 64 KiB, in pieces that exist
 * once something in them was written. All methods may be called from any thread.
 */
public final class DirtyBlocks implements Closeable {

  /** Bytes of a block. */
  public static final int BLOCK = ClusterMap.CLUSTER;

  private static final int PIECE_WORDS = 4096;
  private static final int PIECE_BLOCKS = PIECE_WORDS * Long.SIZE;
  private static final int PIECES = (int) (Overlay.MAXIMUM_SIZE / ((long) PIECE_BLOCKS * BLOCK));

  private final AtomicReferenceArray<@Nullable AtomicLongArray> pieces =
      new AtomicReferenceArray<>(PIECES);
  private final Consumer<DirtyBlocks> ended;

  /**
   * @param ended told when nobody wants to know any more
   */
  DirtyBlocks(Consumer<DirtyBlocks> ended) {
    this.ended = ended;
  }

  void add(long offset, long length) {
    long last = (offset + length - 1) / BLOCK;
    for (long block = offset / BLOCK; block <= last; block++) {
      AtomicLongArray piece = piece((int) (block / PIECE_BLOCKS));
      int within = (int) (block % PIECE_BLOCKS);
      long bit = 1L << within;
      if ((piece.get(within / Long.SIZE) & bit) == 0) {
        piece.getAndUpdate(within / Long.SIZE, word -> word | bit);
      }
    }
  }

  private AtomicLongArray piece(int index) {
    AtomicLongArray piece = pieces.get(index);
    if (piece == null) {
      AtomicLongArray made = new AtomicLongArray(PIECE_WORDS);
      piece = pieces.compareAndExchange(index, null, made);
      piece = piece == null ? made : piece;
    }
    return piece;
  }

  /**
   * The numbers of the blocks written since the last call; sets the mark anew. What is read from
   * the disk after this call is what these writes stored, or newer.
   */
  public BitSet take() {
    BitSet taken = new BitSet();
    for (int index = 0; index < PIECES; index++) {
      AtomicLongArray piece = pieces.get(index);
      for (int word = 0; piece != null && word < PIECE_WORDS; word++) {
        long bits = piece.get(word) == 0 ? 0 : piece.getAndSet(word, 0);
        while (bits != 0) {
          int bit = Long.numberOfTrailingZeros(bits);
          taken.set(index * PIECE_BLOCKS + word * Long.SIZE + bit);
          bits &= bits - 1;
        }
      }
    }
    return taken;
  }

  /** How many blocks {@link #take} would give now. */
  public long count() {
    long count = 0;
    for (int index = 0; index < PIECES; index++) {
      AtomicLongArray piece = pieces.get(index);
      for (int word = 0; piece != null && word < PIECE_WORDS; word++) {
        count += Long.bitCount(piece.get(word));
      }
    }
    return count;
  }

  /** Ends the noting. */
  @Override
  public void close() {
    ended.accept(this);
  }
}
