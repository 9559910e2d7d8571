package org.javisor.riscv.translator;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.CodePage;

/**
 * Where guest code turned out to be hot, known from one run to the next: what is hot again is
 * translated when it is first seen, instead of after it has been interpreted long enough.
 *
 * <p>A place is known by a fingerprint of the code there and of its offset in a page, not by its
 * address, which may be another one at the next boot. It is only a hint: two places with the same
 * fingerprint, or a profile of another guest, cost a translation too many. Safe from any thread.
 */
public final class HotEntries {
  /** The most places kept; the oldest go first. */
  public static final int CAPACITY = 4096;

  private static final int MAGIC = 0x4a48_4f54;
  private static final int FINGERPRINT_BYTES = 32;
  private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

  private final Set<Long> fingerprints = new LinkedHashSet<>();

  /** An empty profile. */
  public HotEntries() {}

  /**
   * A profile from {@link #toBytes}.
   *
   * @return an empty one if these bytes are something else
   */
  public static HotEntries of(byte[] bytes) {
    HotEntries entries = new HotEntries();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      if (buffer.getInt() == MAGIC) {
        int count = Math.min(buffer.getInt(), CAPACITY);
        for (int i = 0; i < count; i++) {
          entries.fingerprints.add(buffer.getLong());
        }
      }
    } catch (BufferUnderflowException e) {
      entries.fingerprints.clear();
    }
    return entries;
  }

  /** The profile as bytes: a magic number, a count, and 8 bytes for each place. */
  public synchronized byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES * fingerprints.size());
    buffer.putInt(MAGIC).putInt(fingerprints.size());
    fingerprints.forEach(buffer::putLong);
    return buffer.array();
  }

  /** How many places it has. */
  public synchronized int size() {
    return fingerprints.size();
  }

  /** Whether the code at a slot is known to become hot. */
  synchronized boolean contains(CodePage page, int slot) {
    return !fingerprints.isEmpty() && fingerprints.contains(fingerprint(page, slot));
  }

  /** The code at a slot has become hot. */
  synchronized void add(CodePage page, int slot) {
    Long fingerprint = fingerprint(page, slot);
    // What was hot last stays longest.
    fingerprints.remove(fingerprint);
    fingerprints.add(fingerprint);
    if (fingerprints.size() > CAPACITY) {
      fingerprints.remove(fingerprints.iterator().next());
    }
  }

  private static long fingerprint(CodePage page, int slot) {
    int from = 2 * slot;
    int end = Math.min(from + FINGERPRINT_BYTES, CodePage.BYTES);
    long mixed = from;
    for (int at = from; at < end; at += 2) {
      int half = RawMemory.getShort(page.machineAddress() + at) & 0xffff;
      mixed = (mixed ^ half) * MULTIPLIER;
      mixed ^= mixed >>> 29;
    }
    return mixed;
  }
}
