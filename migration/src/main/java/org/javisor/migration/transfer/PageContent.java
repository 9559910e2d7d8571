package org.javisor.migration.transfer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.javisor.machine.Entropy;

/** Tells contents of pages apart by 64 bits of a keyed hash; {@link #ZERO} is that of zeroes. */
final class PageContent {
  /** What a page of zeroes has, and no other page. */
  static final long ZERO = 0;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9e37_79b1_85eb_ca87L;

  /** A guest that knew the key could make pages that are taken for one another. */
  private final long key;

  PageContent(Entropy entropy) {
    byte[] bytes = entropy.bytes(Long.BYTES);
    key = (long) LONGS.get(bytes, 0) | 1;
  }

  /** Of so many bytes, a multiple of 32. */
  long of(byte[] bytes, int from, int length) {
    long any = 0;
    // Four chains that do not wait for one another.
    long first = key;
    long second = key ^ PRIME;
    long third = Long.rotateLeft(key, 17);
    long fourth = Long.rotateLeft(key, 41);
    for (int at = from; at < from + length; at += 4 * Long.BYTES) {
      long a = (long) LONGS.get(bytes, at);
      long b = (long) LONGS.get(bytes, at + Long.BYTES);
      long c = (long) LONGS.get(bytes, at + 2 * Long.BYTES);
      long d = (long) LONGS.get(bytes, at + 3 * Long.BYTES);
      any |= a | b | c | d;
      first = mixed(first, a);
      second = mixed(second, b);
      third = mixed(third, c);
      fourth = mixed(fourth, d);
    }
    if (any == 0) {
      return ZERO;
    }
    long all = mixed(mixed(mixed(first, second), third), fourth);
    all ^= all >>> 29;
    return all == ZERO ? PRIME : all;
  }

  private long mixed(long sum, long word) {
    long product = (sum ^ word) * PRIME;
    return Long.rotateLeft(product, 31) + key;
  }
}
