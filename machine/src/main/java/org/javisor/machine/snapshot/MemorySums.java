package org.javisor.machine.snapshot;

import static org.javisor.machine.GuestMemory.PAGE_SIZE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.zip.CRC32C;

/** Checksums of the pieces of a memory file. */
final class MemorySums {
  private MemorySums() {}

  /** The checksum of the present pages of a piece; 0 if there are none. */
  static int of(MemorySegment content, BitSet present, int piece) throws IOException {
    int from = piece * MemoryIndex.PIECE_PAGES;
    int end = from + MemoryIndex.PIECE_PAGES;
    CRC32C sum = new CRC32C();
    PageRuns.each(
        present,
        from,
        end,
        (first, count) ->
            sum.update(
                content
                    .asSlice((long) first * PAGE_SIZE, (long) count * PAGE_SIZE)
                    .asByteBuffer()));
    return (int) sum.getValue();
  }
}
