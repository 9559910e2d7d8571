package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A range of machine memory whose pages cost nothing until they are written: zeroes at first, or a
 * private copy of a file, whose unwritten pages all its mappings share.
 *
 * <p>Where the C library has {@code mmap} the range is mapped without swap reservation; elsewhere
 * it is a private mapping of a sparse temporary file, which behaves the same, but for copies of
 * files, which are then made at once.
 */
@SuppressWarnings("restricted") // A segment at an address is the point.
final class MachineMapping implements AutoCloseable {
  private final MemorySegment segment;
  private final Arena arena;
  private final @Nullable Path temporary;

  private MachineMapping(MemorySegment segment, Arena arena, @Nullable Path temporary) {
    this.segment = segment;
    this.arena = arena;
    this.temporary = temporary;
  }

  /** Zeroes. */
  static MachineMapping create(long size) {
    MappingCalls calls = MappingCalls.available();
    return calls == null ? sparseFile(size) : of(calls, calls.anonymous(0, size), size);
  }

  /** A private copy of a file. */
  static MachineMapping copyOf(MemoryImage image) throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls != null) {
      return of(calls, image.privateCopy(calls, 0), image.size());
    }
    MachineMapping mapping = sparseFile(image.size());
    mapping.segment.copyFrom(image.content());
    return mapping;
  }

  MemorySegment segment() {
    return segment;
  }

  /** Makes it a private copy of a file of its size, at the same address. */
  void replaceWith(MemoryImage image) throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      segment.copyFrom(image.content());
    } else {
      long address = image.privateCopy(calls, segment.address());
      assert address == segment.address();
    }
  }

  /** Makes it zeroes, at the same address, and gives back what it took. */
  void clear() {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      segment.fill((byte) 0);
    } else {
      calls.anonymous(segment.address(), segment.byteSize());
    }
  }

  @Override
  public void close() {
    arena.close();
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
