package org.javisor.network.tcp;

import java.util.Arrays;

/** Bytes that were sent or are to be, from the first that is not acknowledged. */
final class SendBuffer {
  private byte[] bytes = new byte[0];
  private int start;
  private int length;

  int length() {
    return length;
  }

  void append(byte[] more) {
    if (bytes.length - start - length < more.length) {
      bytes = Arrays.copyOfRange(bytes, start, start + length + more.length);
      start = 0;
    }
    System.arraycopy(more, 0, bytes, start + length, more.length);
    length += more.length;
  }

  /** A copy of what is at an offset. */
  byte[] copy(int offset, int count) {
    return Arrays.copyOfRange(bytes, start + offset, start + offset + count);
  }

  /** Forgets the first bytes. */
  void drop(int count) {
    start += count;
    length -= count;
    if (length == 0) {
      bytes = new byte[0];
      start = 0;
    }
  }
}
