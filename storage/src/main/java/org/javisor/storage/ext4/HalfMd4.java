package org.javisor.storage.ext4;

import java.util.UUID;

/**
 * The hash of hashed directories, version half_md4 over unsigned characters (kernel: {@code
 * fs/ext4/hash.c}): the round functions of MD4 cut down to 24 steps.
 */
final class HalfMd4 {

  /**
   * Number of this hash in a directory's root; the super block says that characters have no sign.
   */
  static final int VERSION = 1;

  private static final int BLOCK = 32;
  private static final int ROUND_2 = 0x5a827999;
  private static final int ROUND_3 = 0x6ed9eba1;

  private final int[] seed = new int[4];

  HalfMd4(UUID seed) {
    byte[] bytes = Checksum.bytes(seed);
    for (int i = 0; i < 4; i++) {
      this.seed[i] =
          java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(4 * i);
    }
  }

  /** The hash by which a directory's entries are sorted; as an unsigned number, always even. */
  int hash(byte[] name) {
    int[] state = seed.clone();
    for (int offset = 0; offset < name.length; offset += BLOCK) {
      transform(state, words(name, offset));
    }
    int hash = state[1] & ~1;
    // The largest value means "end of directory" to readers.
    return hash == 0xffff_fffe ? 0xffff_fffc : hash;
  }

  private static int[] words(byte[] name, int offset) {
    int left = name.length - offset;
    int pad = (left & 0xff) | ((left & 0xff) << 8);
    pad |= pad << 16;
    int[] words = new int[8];
    java.util.Arrays.fill(words, pad);
    int length = Math.min(left, BLOCK);
    int value = pad;
    for (int i = 0; i < length; i++) {
      value = (name[offset + i] & 0xff) + (value << 8);
      if (i % 4 == 3) {
        words[i / 4] = value;
        value = pad;
      }
    }
    if (length % 4 != 0) {
      words[length / 4] = value;
    }
    return words;
  }

  private static void transform(int[] state, int[] in) {
    int a = state[0];
    int b = state[1];
    int c = state[2];
    int d = state[3];
    for (int i = 0; i < 8; i += 4) {
      a = Integer.rotateLeft(a + choose(b, c, d) + in[i], 3);
      d = Integer.rotateLeft(d + choose(a, b, c) + in[i + 1], 7);
      c = Integer.rotateLeft(c + choose(d, a, b) + in[i + 2], 11);
      b = Integer.rotateLeft(b + choose(c, d, a) + in[i + 3], 19);
    }
    for (int i = 1; i >= 0; i--) {
      a = Integer.rotateLeft(a + majority(b, c, d) + in[i] + ROUND_2, 3);
      d = Integer.rotateLeft(d + majority(a, b, c) + in[i + 2] + ROUND_2, 5);
      c = Integer.rotateLeft(c + majority(d, a, b) + in[i + 4] + ROUND_2, 9);
      b = Integer.rotateLeft(b + majority(c, d, a) + in[i + 6] + ROUND_2, 13);
    }
    for (int i = 3; i >= 1; i -= 2) {
      a = Integer.rotateLeft(a + (b ^ c ^ d) + in[i] + ROUND_3, 3);
      d = Integer.rotateLeft(d + (a ^ b ^ c) + in[i + 4] + ROUND_3, 9);
      c = Integer.rotateLeft(c + (d ^ a ^ b) + in[i - 1] + ROUND_3, 11);
      b = Integer.rotateLeft(b + (c ^ d ^ a) + in[i + 3] + ROUND_3, 15);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }

  private static int choose(int x, int y, int z) {
    return z ^ (x & (y ^ z));
  }

  private static int majority(int x, int y, int z) {
    return (x & y) + ((x ^ y) & z);
  }
}
