package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A range of machine memory whose pages cost nothing until they are written: zeroes at first, or a
 * private copy of a file, whose unwritten pages all its mappings share.
 *
 * <p>On Linux zeroes are a file in memory, so that another process can go on with it. Where the C
 * library has {@code mmap} the range is mapped without swap reservation; elsewhere it is a private
 * mapping of a sparse temporary file, which behaves the same, but for copies of files, which are
 * then made at once.
 */
@SuppressWarnings("restricted") // A segment at an address is the point.
final class MachineMapping implements AutoCloseable {
  private final MemorySegment segment;
  private final Arena arena;
  private final @Nullable Path temporary;

  /** What the pages are of that were not made private: one of these, or neither. */
  private @Nullable SharedMemory shared;

  private @Nullable MemoryImage image;

  /** What was last handed over of a private copy; it is there until this closes. */
  private @Nullable SharedMemory changes;

  private MachineMapping(MemorySegment segment, Arena arena, @Nullable Path temporary) {
    this.segment = segment;
    this.arena = arena;
    this.temporary = temporary;
  }

  /** Zeroes. */
  static MachineMapping create(long size) {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      return sparseFile(size);
    }
    SharedMemory memory = SharedMemory.create(calls, size);
    if (memory != null) {
      try {
        return of(calls, memory, size);
      } catch (IOException e) {
        memory.close(); // Then without.
      }
    }
    return of(calls, calls.anonymous(0, size), size);
  }

  private static MachineMapping of(MappingCalls calls, SharedMemory memory, long size)
      throws IOException {
    MachineMapping mapping = of(calls, memory.map(0), size);
    mapping.shared = memory;
    return mapping;
  }

  /** The zeroes of another process, with what was written to them. */
  static MachineMapping takeOver(Path file, long size) throws IOException {
    MappingCalls calls = requireCalls();
    SharedMemory memory = SharedMemory.open(calls, file, size);
    boolean mapped = false;
    try {
      MachineMapping mapping = of(calls, memory, size);
      mapped = true;
      return mapping;
    } finally {
      if (!mapped) {
        memory.close();
      }
    }
  }

  /** A private copy of a file. */
  static MachineMapping copyOf(MemoryImage image) throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls != null) {
      MachineMapping mapping = of(calls, image.privateCopy(calls, 0), image.size());
      mapping.image = image;
      return mapping;
    }
    MachineMapping mapping = sparseFile(image.size());
    mapping.segment.copyFrom(image.content());
    return mapping;
  }

  private static MappingCalls requireCalls() throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      throw new IOException("this host does not share memory between processes");
    }
    return calls;
  }

  MemorySegment segment() {
    return segment;
  }

  /** Where another process finds it. */
  synchronized MemoryHandOver handOver() throws IOException {
    MappingCalls calls = requireCalls();
    if (shared != null && image == null) {
      return new MemoryHandOver.Whole(shared.path());
    }
    if (image == null) {
      throw new IOException("this host does not share memory between processes");
    }
    Path below = image.descriptorPath();
    if (changes != null) {
      changes.close();
    }
    changes = SharedMemory.create(calls, segment.byteSize());
    if (changes == null) {
      throw new IOException("this host has no files in memory");
    }
    try (Arena mapped = Arena.ofConfined()) {
      copyPages(PrivatePages.of(segment, image.content()), segment, changes.map(mapped));
    }
    return new MemoryHandOver.Changes(below, changes.path());
  }

  /** Takes the pages of a file, but its holes. */
  synchronized void copyPages(Path file) throws IOException {
    MappingCalls calls = requireCalls();
    BitSet pages = DataExtents.pages(file, segment.byteSize());
    if (pages == null) {
      throw new IOException(file + " cannot be read");
    }
    try (SharedMemory from = SharedMemory.open(calls, file, segment.byteSize());
        Arena mapped = Arena.ofConfined()) {
      copyPages(pages, from.map(mapped), segment);
    }
  }

  private static void copyPages(BitSet pages, MemorySegment from, MemorySegment to) {
    int end;
    for (int first = pages.nextSetBit(0); first >= 0; first = pages.nextSetBit(end)) {
      end = pages.nextClearBit(first);
      long at = (long) first << GuestMemory.PAGE_SHIFT;
      MemorySegment.copy(from, at, to, at, (long) (end - first) << GuestMemory.PAGE_SHIFT);
    }
  }

  /** Its file in memory, if it is one. */
  synchronized Optional<Path> file() {
    return Optional.ofNullable(image == null ? shared : null).map(SharedMemory::path);
  }

  /** Gives pages back to the operating system, as {@link PageRelease#release}. */
  synchronized boolean release(long address, long length) {
    return PageRelease.release(address, length, shared != null && image == null);
  }

  /** Makes it a private copy of a file of its size, at the same address. */
  synchronized void replaceWith(MemoryImage other) throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      segment.copyFrom(other.content());
      return;
    }
    long address = other.privateCopy(calls, segment.address());
    assert address == segment.address();
    image = other;
    if (shared != null) {
      shared.clear();
    }
  }

  /** Makes it zeroes, at the same address, and gives back what it took. */
  synchronized void clear() {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      segment.fill((byte) 0);
      return;
    }
    SharedMemory memory = shared;
    if (memory == null) {
      memory = SharedMemory.create(calls, segment.byteSize());
      shared = memory;
    } else if (image == null && PageRelease.release(segment.address(), segment.byteSize(), true)) {
      return;
    } else {
      memory.clear();
    }
    image = null;
    try {
      if (memory != null && memory.map(segment.address()) == segment.address()) {
        return;
      }
    } catch (IOException e) {
      memory.close(); // Then without.
      shared = null;
    }
    calls.anonymous(segment.address(), segment.byteSize());
  }

  @Override
  public synchronized void close() {
    arena.close();
    if (shared != null) {
      shared.close();
      shared = null;
    }
    if (changes != null) {
      changes.close();
      changes = null;
    }
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        temporary.toFile().deleteOnExit();
      }
    }
  }

  private static MachineMapping of(MappingCalls calls, long address, long size) {
    @SuppressWarnings("MustBeClosedChecker") // Closed by close().
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, s -> calls.unmap(s.address(), s.byteSize()));
    return new MachineMapping(segment, arena, null);
  }

  private static MachineMapping sparseFile(long size) {
    @SuppressWarnings("MustBeClosedChecker") // Closed by close().
    Arena arena = Arena.ofShared();
    try {
      Path file = Files.createTempFile("javisor-memory", ".ram");
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
        MemorySegment segment = channel.map(FileChannel.MapMode.PRIVATE, 0, size, arena);
        return new MachineMapping(segment, arena, file);
      }
    } catch (IOException e) {
      arena.close();
      throw new IllegalStateException("guest memory of " + size + " bytes cannot be mapped", e);
    }
  }
}
