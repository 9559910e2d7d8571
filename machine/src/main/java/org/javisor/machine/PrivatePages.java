package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of a private mapping of a file this process has written, and so has copies of: {@code
 * /proc/self/pagemap} (Linux, Documentation/admin-guide/mm/pagemap). Where the host does not tell,
 * the mapping is compared with the file.
 */
final class PrivatePages {
  private static final Path PAGE_MAP = Path.of("/proc/self/pagemap");
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;
  private static final long OF_FILE = 1L << 61;
  private static final int BUFFER_BYTES = 1 << 16;

  private PrivatePages() {}

  /**
   * The pages, by their number; all that differ from the file are among them.
   *
   * @param mapping whole pages, which nobody writes to meanwhile
   * @param file the same length of the file
   */
  static BitSet of(MemorySegment mapping, MemorySegment file) {
    BitSet told = told(mapping);
    return told == null ? compared(mapping, file) : told;
  }

  private static @Nullable BitSet told(MemorySegment mapping) {
    if (RawMemory.pageSize() != GuestMemory.PAGE_SIZE) {
      return null; // An entry is of a page of the host.
    }
    int pages = Math.toIntExact(mapping.byteSize() >>> GuestMemory.PAGE_SHIFT);
    BitSet written = new BitSet(pages);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.nativeOrder());
    try (FileChannel map = FileChannel.open(PAGE_MAP, StandardOpenOption.READ)) {
      map.position((mapping.address() >>> GuestMemory.PAGE_SHIFT) * Long.BYTES);
      int page = 0;
      while (page < pages) {
        buffer.clear().limit(Math.min(BUFFER_BYTES, (pages - page) * Long.BYTES));
        if (map.read(buffer) < Long.BYTES || (buffer.position() & (Long.BYTES - 1)) != 0) {
          return null;
        }
        buffer.flip();
        for (; buffer.hasRemaining(); page++) {
          long entry = buffer.getLong();
          written.set(page, (entry & (PRESENT | SWAPPED)) != 0 && (entry & OF_FILE) == 0);
        }
      }
      return written;
    } catch (IOException e) {
      return null;
    }
  }

  private static BitSet compared(MemorySegment mapping, MemorySegment file) {
    BitSet different = new BitSet();
    long at = 0;
    while (at < mapping.byteSize()) {
      long length = mapping.byteSize() - at;
      long first = mapping.asSlice(at).mismatch(file.asSlice(at, length));
      if (first < 0) {
        break;
      }
      int page = (int) ((at + first) >>> GuestMemory.PAGE_SHIFT);
      different.set(page);
      at = (long) (page + 1) << GuestMemory.PAGE_SHIFT;
    }
    return different;
  }
}
