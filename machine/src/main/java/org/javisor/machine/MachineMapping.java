package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lazily touched range of machine memory: a page costs nothing until it is written.
 *
 * <p>Where the C library has {@code mmap} this is an anonymous private mapping without swap
 * reservation; elsewhere it is a private mapping of a sparse temporary file, which behaves the same
 * and needs no native call.
 */
@SuppressWarnings(
    "restricted") // mmap and munmap are the point; the launcher enables native access.
final class MachineMapping implements AutoCloseable {
  private static final int PROT_READ_WRITE = 0x1 | 0x2;
  private static final int MAP_PRIVATE = 0x2;

  private final MemorySegment segment;
  private final Arena arena;
  private final @Nullable Path file;

  private MachineMapping(MemorySegment segment, Arena arena, @Nullable Path file) {
    this.segment = segment;
    this.arena = arena;
    this.file = file;
  }

  static MachineMapping create(long size) {
    Optional<MachineMapping> anonymous = anonymous(size);
    return anonymous.isPresent() ? anonymous.get() : sparseFile(size);
  }

  MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    arena.close();
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }

  private static Optional<MachineMapping> anonymous(long size) {
    String system = System.getProperty("os.name", "");
    // MAP_ANONYMOUS | MAP_NORESERVE differ between systems: Linux <asm-generic/mman.h>, macOS
    // <sys/mman.h>.
    int flags;
    if (system.startsWith("Linux")) {
      flags = MAP_PRIVATE | 0x20 | 0x4000;
    } else if (system.startsWith("Mac")) {
      flags = MAP_PRIVATE | 0x1000 | 0x40;
    } else {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    Optional<MemorySegment> mmap = libc.find("mmap");
    Optional<MemorySegment> munmap = libc.find("munmap");
    if (mmap.isEmpty() || munmap.isEmpty()) {
      return Optional.empty();
    }
    MethodHandle map =
        linker.downcallHandle(
            mmap.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    MethodHandle unmap =
        linker.downcallHandle(
            munmap.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    long address;
    try {
      address = (long) map.invokeExact(0L, size, PROT_READ_WRITE, flags, -1, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("mmap could not be called", e);
    }
    if (address == -1L) {
      throw new OutOfMemoryError(
          "the operating system refused to map " + size + " bytes of guest memory");
    }
    @SuppressWarnings("MustBeClosedChecker") // Closed by close().
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address).reinterpret(size, arena, s -> unmap(unmap, s));
    return Optional.of(new MachineMapping(segment, arena, null));
  }

  private static void unmap(MethodHandle unmap, MemorySegment segment) {
    try {
      int result = (int) unmap.invokeExact(segment.address(), segment.byteSize());
      if (result != 0) {
        throw new IllegalStateException("munmap failed for " + segment);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("munmap could not be called", e);
    }
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
