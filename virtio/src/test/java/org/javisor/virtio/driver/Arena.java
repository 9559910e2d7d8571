package org.javisor.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.javisor.machine.GuestMemory;

/** Hands out guest memory from the bottom up; nothing is ever given back but all at once. */
public final class Arena {
  private final GuestMemory memory;
  private final long start;
  private final long end;
  private long next;

  /** All of the memory. */
  public Arena(GuestMemory memory) {
    this(memory, memory.base(), memory.base() + memory.size());
  }

  private Arena(GuestMemory memory, long start, long end) {
    this.memory = memory;
    this.start = start;
    this.end = end;
    this.next = start;
  }

  /** What is left of this arena's memory, as one of its own that can be emptied alone. */
  public Arena rest() {
    return new Arena(memory, (next + 63) & ~63L, end);
  }

  /** Takes all back. */
  public void clear() {
    next = start;
  }

  /** The next {@code bytes} bytes, zeroed. */
  public long allocate(long bytes, int alignment) {
    long gpa = (next + alignment - 1) / alignment * alignment;
    if (gpa + bytes > end) {
      throw new AssertionError("the test's guest memory is full");
    }
    next = gpa + bytes;
    memory.zero(gpa, bytes);
    return gpa;
  }

  /** A buffer of {@code bytes} bytes in up to {@code most} pieces with gaps between them. */
  public List<Piece> scatter(RandomGenerator random, int bytes, int most) {
    List<Piece> pieces = new ArrayList<>();
    int left = bytes;
    while (left > 0) {
      int length = pieces.size() + 1 >= most ? left : random.nextInt(1, left + 1);
      // Neighbours without a gap occur, too.
      long gap = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 70);
      pieces.add(new Piece(allocate(length + gap, 1), length));
      left -= length;
    }
    return pieces;
  }

  /** Writes bytes into pieces. */
  public void fill(List<Piece> pieces, byte[] content) {
    int done = 0;
    for (Piece piece : pieces) {
      memory.write(piece.gpa(), content, done, piece.length());
      done += piece.length();
    }
  }

  /** Reads the first bytes out of pieces. */
  public byte[] read(List<Piece> pieces, int count) {
    byte[] content = new byte[count];
    int done = 0;
    for (Piece piece : pieces) {
      int length = Math.min(piece.length(), count - done);
      memory.read(piece.gpa(), content, done, length);
      done += length;
    }
    return content;
  }
}
