package org.javisor.virtio.console;

/** A bounded first-in, first-out buffer of bytes. Not safe for several threads. */
final class ByteRing {
  private final byte[] bytes;
  private int head;
  private int size;

  ByteRing(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  int free() {
    return bytes.length - size;
  }

  /** Appends what fits; returns how much. */
  int put(byte[] source, int start, int length) {
    int count = Math.min(length, free());
    int tail = (head + size) % bytes.length;
    int first = Math.min(count, bytes.length - tail);
    System.arraycopy(source, start, bytes, tail, first);
    System.arraycopy(source, start + first, bytes, 0, count - first);
    size += count;
    return count;
  }

  /** Removes at most {@code length} bytes; returns how many. */
  int take(byte[] destination, int start, int length) {
    int count = Math.min(length, size);
    int first = Math.min(count, bytes.length - head);
    System.arraycopy(bytes, head, destination, start, first);
    System.arraycopy(bytes, 0, destination, start + first, count - first);
    drop(count);
    return count;
  }

  /** Forgets the oldest {@code count} bytes. */
  void drop(int count) {
    head = (head + count) % bytes.length;
    size -= count;
  }
}
