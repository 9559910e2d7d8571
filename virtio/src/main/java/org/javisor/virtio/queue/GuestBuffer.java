package org.javisor.virtio.queue;

import java.io.IOException;
import java.util.Objects;
import org.javisor.machine.GuestMemory;

/**
 * A cursor over one part of a chain: scattered ranges of guest memory that read, or are written, as
 * one run of bytes. Values are little-endian.
 *
 * <p>The ranges have been checked; the bytes in them may change at any moment, so whatever a
 * decision rests on is read once.
 */
public final class GuestBuffer {
  private final GuestMemory memory;
  private final boolean writable;
  private final byte[] scratch = new byte[8];
  private long[] addresses = {};
  private long[] lengths = {};
  private int first;
  private int range;
  private long offset;
  private long position;
  private long length;

  GuestBuffer(GuestMemory memory, boolean writable) {
    this.memory = memory;
    this.writable = writable;
  }

  void reset(long[] addresses, long[] lengths, int first, int end) {
    this.addresses = addresses;
    this.lengths = lengths;
    this.first = first;
    length = 0;
    for (int i = first; i < end; i++) {
      length += lengths[i];
    }
    rewind();
  }

  /** Bytes in all. */
  public long length() {
    return length;
  }

  /** Bytes from the start to the cursor. */
  public long position() {
    return position;
  }

  /** Bytes from the cursor to the end. */
  public long remaining() {
    return length - position;
  }

  /** Moves the cursor back to the start. */
  public void rewind() {
    range = first;
    offset = 0;
    position = 0;
  }

  /** Moves the cursor forward by at most {@code count} bytes. */
  public void skip(long count) {
    long left = Math.min(count, remaining());
    while (left > 0) {
      left -= advance(Math.min(left, contiguous()));
    }
  }

  /** Copies at most {@code count} bytes into an array; returns how many, fewer only at the end. */
  public int read(byte[] destination, int start, int count) {
    Objects.checkFromIndexSize(start, count, destination.length);
    int wanted = (int) Math.min(count, remaining());
    int done = 0;
    while (done < wanted) {
      int piece = (int) Math.min(wanted - done, contiguous());
      memory.read(address(), destination, start + done, piece);
      done += (int) advance(piece);
    }
    return done;
  }

  /** Copies at most {@code count} bytes from an array; returns how many, fewer only at the end. */
  public int write(byte[] source, int start, int count) {
    Objects.checkFromIndexSize(start, count, source.length);
    checkWritable();
    int wanted = (int) Math.min(count, remaining());
    int done = 0;
    while (done < wanted) {
      int piece = (int) Math.min(wanted - done, contiguous());
      memory.write(address(), source, start + done, piece);
      done += (int) advance(piece);
    }
    return done;
  }

  /** Zeroes at most {@code count} bytes; returns how many. */
  public long zero(long count) {
    checkWritable();
    long wanted = Math.min(count, remaining());
    long done = 0;
    while (done < wanted) {
      long piece = Math.min(wanted - done, contiguous());
      memory.zero(address(), piece);
      done += advance(piece);
    }
    return done;
  }

  /**
   * Moves {@code count} bytes piece by piece, without a copy in between.
   *
   * @param count at most {@link #remaining}
   * @throws IOException what the transfer throws; the cursor then stands at the failed piece
   */
  public void transfer(long count, SegmentTransfer transfer) throws IOException {
    Objects.checkFromIndexSize(position, count, length);
    long done = 0;
    while (done < count) {
      long piece = Math.min(count - done, contiguous());
      long gpa = address();
      try {
        transfer.transfer(done, memory.segment(gpa, piece));
      } finally {
        // A failed read may have written part of the piece, too.
        if (writable) {
          memory.written(gpa, piece);
        }
      }
      done += advance(piece);
    }
  }

  /** Something to do with a range of guest memory. */
  @FunctionalInterface
  public interface RangeAction {
    /** Does it to {@code length} bytes at the guest physical address. */
    void accept(long gpa, long length);
  }

  /** Hands over the ranges from the cursor to the end, and moves it there. */
  public void forEachRange(RangeAction action) {
    while (remaining() > 0) {
      long piece = contiguous();
      long gpa = address();
      advance(piece);
      action.accept(gpa, piece);
    }
  }

  /** Reads 8 bits, as an unsigned value; zero past the end, as the other readers. */
  public int readUnsignedByte() {
    return (int) readLittleEndian(1);
  }

  /** Reads 16 bits, as an unsigned value. */
  public int readUnsignedShort() {
    return (int) readLittleEndian(2);
  }

  /** Reads 32 bits. */
  public int readInt() {
    return (int) readLittleEndian(4);
  }

  /** Reads 64 bits. */
  public long readLong() {
    return readLittleEndian(8);
  }

  /** Writes 8 bits; nothing past the end, as the other writers. */
  public void writeByte(int value) {
    writeLittleEndian(1, value);
  }

  /** Writes 16 bits. */
  public void writeShort(int value) {
    writeLittleEndian(2, value);
  }

  /** Writes 32 bits. */
  public void writeInt(int value) {
    writeLittleEndian(4, value);
  }

  private long readLittleEndian(int size) {
    int count = read(scratch, 0, size);
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (scratch[i] & 0xff);
    }
    return value;
  }

  private void writeLittleEndian(int size, long value) {
    for (int i = 0; i < size; i++) {
      scratch[i] = (byte) (value >>> (8 * i));
    }
    write(scratch, 0, size);
  }

  private long address() {
    return addresses[range] + offset;
  }

  private long contiguous() {
    return lengths[range] - offset;
  }

  private long advance(long count) {
    offset += count;
    position += count;
    if (offset == lengths[range]) {
      range++;
      offset = 0;
    }
    return count;
  }

  private void checkWritable() {
    if (!writable) {
      throw new IllegalStateException("the driver may only be read from here");
    }
  }
}
