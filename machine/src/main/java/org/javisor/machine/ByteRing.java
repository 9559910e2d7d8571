package org.javisor.machine;

/** A bounded first-in first-out queue of bytes; its user does the locking. */
public final class ByteRing {
  private static final byte[] NONE = {};

  private final int capacity;

  /** Taken when the first byte comes: many rings are never used. */
  private byte[] bytes = NONE;

  private int head;
  private int size;

  /** An empty ring for {@code capacity} bytes. */
  public ByteRing(int capacity) {
    this.capacity = capacity;
  }

  private void ensureStorage() {
    if (bytes.length == 0) {
      bytes = new byte[capacity];
    }
  }

  /** Appends as many bytes as fit and says how many did. */
  public int put(byte[] source, int offset, int length) {
    int count = Math.min(length, capacity - size);
    if (count <= 0) {
      return 0;
    }
    ensureStorage();
    int tail = (head + size) % bytes.length;
    int first = Math.min(count, bytes.length - tail);
    System.arraycopy(source, offset, bytes, tail, first);
    System.arraycopy(source, offset + first, bytes, 0, count - first);
    size += count;
    return count;
  }

  /** Appends one byte; false if the ring is full. */
  public boolean put(byte value) {
    if (size == capacity) {
      return false;
    }
    ensureStorage();
    bytes[(head + size) % bytes.length] = value;
    size++;
    return true;
  }

  /** Copies the oldest bytes without removing them and says how many there were. */
  public int peek(byte[] destination, int offset, int length) {
    int count = Math.min(length, size);
    int first = Math.min(count, bytes.length - head);
    System.arraycopy(bytes, head, destination, offset, first);
    System.arraycopy(bytes, 0, destination, offset + first, count - first);
    return count;
  }

  /** Removes up to {@code length} of the oldest bytes into an array and says how many. */
  public int take(byte[] destination, int offset, int length) {
    int count = peek(destination, offset, length);
    drop(count);
    return count;
  }

  /** Removes the {@code count} oldest bytes; there must be so many. */
  public void drop(int count) {
    head = (head + count) % capacity;
    size -= count;
  }

  /** Bytes in the ring. */
  public int size() {
    return size;
  }

  /** Bytes that still fit. */
  public int room() {
    return capacity - size;
  }

  /** Removes everything, and gives the memory back. */
  public void clear() {
    bytes = NONE;
    head = 0;
    size = 0;
  }

  /** The content, oldest byte first. */
  public byte[] toByteArray() {
    byte[] copy = new byte[size];
    peek(copy, 0, size);
    return copy;
  }
}
