package org.javisor.machine.snapshot;

import static org.javisor.machine.GuestMemory.PAGE_SIZE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import org.javisor.machine.DataExtents;
import org.jspecify.annotations.Nullable;

/**
 * A file with the content of a guest's memory.
 *
 * @param path where it is
 * @param index what is in it
 */
public record MemoryFile(Path path, MemoryIndex index) {
  private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[PAGE_SIZE]);

  /**
   * Compares the file with its index, reading every page in it; holes are not read.
   *
   * @throws MemoryFileException if the file is damaged
   * @throws IOException if it cannot be read
   */
  public void check() throws IOException {
    long length = Files.size(path);
    if (length != index.size()) {
      throw new MemoryFileException(
          path + " is damaged: it has " + length + " bytes instead of " + index.size());
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        Arena arena = Arena.ofShared()) {
      MemorySegment content = channel.map(MapMode.READ_ONLY, 0, length, arena);
      BitSet present = index.pagesPresent();
      checkAbsent(content, present);
      for (int piece = 0; piece < index.sums().length; piece++) {
        if (MemorySums.of(content, present, piece) != index.sums()[piece]) {
          throw damaged(piece * MemoryIndex.PIECE_PAGES);
        }
      }
    }
  }

  /** What the index does not know must be zero. */
  private void checkAbsent(MemorySegment content, BitSet present) throws IOException {
    @Nullable BitSet data = DataExtents.pages(path, index.size());
    if (data == null) {
      data = new BitSet();
      data.set(0, MemoryIndex.pages(index.size()));
    }
    data.andNot(present);
    for (int page = data.nextSetBit(0); page >= 0; page = data.nextSetBit(page + 1)) {
      if (content.asSlice((long) page * PAGE_SIZE, PAGE_SIZE).mismatch(ZEROES) >= 0) {
        throw damaged(page);
      }
    }
  }

  private MemoryFileException damaged(int page) {
    return new MemoryFileException(
        "%s is damaged: its checksum is wrong in the %d KiB from byte %d"
            .formatted(
                path,
                MemoryIndex.PIECE_PAGES * PAGE_SIZE / 1024,
                (long) page / MemoryIndex.PIECE_PAGES * MemoryIndex.PIECE_PAGES * PAGE_SIZE));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MemoryFile that
        && path.equals(that.path)
        && index.size() == that.index.size()
        && Arrays.equals(index.present(), that.index.present())
        && Arrays.equals(index.sums(), that.index.sums());
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }
}
