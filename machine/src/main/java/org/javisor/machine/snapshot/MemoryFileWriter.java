package org.javisor.machine.snapshot;

import static org.javisor.machine.GuestMemory.PAGE_SHIFT;
import static org.javisor.machine.GuestMemory.PAGE_SIZE;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import org.javisor.machine.DataExtents;
import org.javisor.machine.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * Writes guest memory to a file, in as many rounds as the caller likes: a page that is written
 * again replaces what was written before.
 *
 * <p>A file may begin as a copy of an earlier one of the same memory; only what has changed since
 * needs to be written then. The host copies it, where the file system can do so, by sharing the
 * blocks, so that the copy takes neither time nor room; every file stands for itself all the same.
 */
public final class MemoryFileWriter implements Closeable {
  private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[PAGE_SIZE]);

  private final Path path;
  private final GuestMemory memory;
  private final FileChannel channel;
  private final BitSet present;
  private final int[] sums;

  /** Pieces of {@link MemoryIndex#PIECE_PAGES} whose sum is to be computed. */
  private final BitSet changed = new BitSet();

  private long bytesWritten;

  private MemoryFileWriter(
      Path path, GuestMemory memory, FileChannel channel, BitSet present, int[] sums) {
    this.path = path;
    this.memory = memory;
    this.channel = channel;
    this.present = present;
    this.sums = sums;
  }

  /**
   * Makes a file in which every page is zero.
   *
   * @throws IOException if it exists already, or cannot be made
   */
  public static MemoryFileWriter create(Path path, GuestMemory memory) throws IOException {
    return new MemoryFileWriter(
        path, memory, open(path), new BitSet(), new int[MemoryIndex.pieces(memory.size())]);
  }

  /**
   * Makes a file that begins as a copy of an earlier one.
   *
   * @param without pages that are not copied, because they will be written
   * @throws MemoryFileException if the earlier file is of another memory
   * @throws IOException if it exists already, or cannot be made
   */
  public static MemoryFileWriter copy(
      MemoryFile earlier, BitSet without, Path path, GuestMemory memory) throws IOException {
    MemoryIndex index = earlier.index();
    if (index.size() != memory.size() || index.base() != memory.base()) {
      throw new MemoryFileException(earlier.path() + " is of another machine's memory");
    }
    BitSet wanted = index.pagesPresent();
    wanted.andNot(without);
    MemoryFileWriter writer =
        new MemoryFileWriter(path, memory, open(path), wanted, index.sums().clone());
    without.stream().forEach(page -> writer.changed.set(page / MemoryIndex.PIECE_PAGES));
    try (FileChannel source = FileChannel.open(earlier.path(), StandardOpenOption.READ)) {
      PageRuns.each(
          wanted,
          0,
          MemoryIndex.pages(memory.size()),
          (first, count) -> writer.transfer(source, first, count));
      return writer;
    } catch (IOException | RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path,
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.SPARSE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  private void transfer(FileChannel source, int first, int count) throws IOException {
    long at = (long) first << PAGE_SHIFT;
    long end = at + ((long) count << PAGE_SHIFT);
    channel.position(at);
    while (at < end) {
      long moved = source.transferTo(at, end - at, channel);
      if (moved <= 0) {
        throw new MemoryFileException("an earlier memory file ends too early");
      }
      at += moved;
    }
  }

  /**
   * Writes pages as they are now, those that are zero as holes where nothing was written before.
   * While the guest runs it may change them meanwhile: they are to be written again then.
   *
   * @param pages by their number from the first of the memory
   */
  public void write(BitSet pages) throws IOException {
    PageRuns.each(touched(pages), 0, MemoryIndex.pages(memory.size()), this::writeRun);
  }

  /**
   * Those of the pages that may have to be written. To read a page of a file in memory that nobody
   * has touched would have it take memory.
   */
  private BitSet touched(BitSet pages) {
    BitSet data = memory.file().map(file -> DataExtents.pages(file, memory.size())).orElse(null);
    if (data == null) {
      return pages;
    }
    data.or(present);
    data.and(pages);
    return data;
  }

  private void writeRun(int first, int count) throws IOException {
    MemorySegment content =
        memory.segment(memory.base() + ((long) first << PAGE_SHIFT), (long) count << PAGE_SHIFT);
    int page = 0;
    while (page < count) {
      if (isHole(content, first, page)) {
        page++;
        continue;
      }
      int end = page + 1;
      while (end < count && !isHole(content, first, end)) {
        end++;
      }
      put(
          content
              .asSlice((long) page << PAGE_SHIFT, (long) (end - page) << PAGE_SHIFT)
              .asByteBuffer(),
          (long) (first + page) << PAGE_SHIFT);
      present.set(first + page, first + end);
      changed.set(
          (first + page) / MemoryIndex.PIECE_PAGES,
          (first + end - 1) / MemoryIndex.PIECE_PAGES + 1);
      page = end;
    }
  }

  private boolean isHole(MemorySegment content, int first, int page) {
    return !present.get(first + page)
        && content.asSlice((long) page << PAGE_SHIFT, PAGE_SIZE).mismatch(ZEROES) < 0;
  }

  private void put(ByteBuffer bytes, long at) throws IOException {
    bytesWritten += bytes.remaining();
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Bytes written so far, without those of the earlier file. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /**
   * Gives the file its length and its checksums, and waits until it is on stable storage.
   *
   * @return the finished file; this writer is closed then
   */
  public MemoryFile finish() throws IOException {
    if (channel.size() < memory.size()) {
      // Nothing of Java's makes a file longer but writing to its end.
      put(ByteBuffer.wrap(new byte[1]), memory.size() - 1);
    }
    try (Arena arena = Arena.ofShared()) {
      @Nullable MemorySegment content = null;
      for (int piece = changed.nextSetBit(0); piece >= 0; piece = changed.nextSetBit(piece + 1)) {
        if (content == null) {
          content = channel.map(MapMode.READ_ONLY, 0, memory.size(), arena);
        }
        sums[piece] = MemorySums.of(content, present, piece);
      }
    }
    channel.force(true);
    channel.close();
    return new MemoryFile(
        path,
        new MemoryIndex(
            memory.base(), memory.size(), present.toLongArray(), Arrays.copyOf(sums, sums.length)));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
