package org.javisor.machine;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The C library's calls for mapping memory, which Java offers in part only: not at a given address,
 * not without reserving swap, and not privately from a file that may only be read.
 */
@SuppressWarnings("restricted") // Well-known C functions, called with their own types.
final class MappingCalls {
  private static final int PROT_READ = 0x1;
  private static final int PROT_READ_WRITE = PROT_READ | 0x2;
  private static final int MAP_SHARED = 0x1;
  private static final int MAP_PRIVATE = 0x2;
  private static final int MAP_FIXED = 0x10;
  private static final int OPEN_READ_ONLY = 0;
  private static final int OPEN_READ_WRITE = 2;
  private static final int MFD_CLOSE_ON_EXEC = 1;
  private static final int NO_SUCH_FILE = 2;
  private static final long FAILED = -1L;

  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** What differs between systems: Linux asm-generic/mman.h and fcntl.h, macOS sys/mman.h. */
  private record Flags(int anonymous, int noReserve, int closeOnExec) {}

  private static final @Nullable MappingCalls AVAILABLE = link();

  private final Flags flags;
  private final MethodHandle map;
  private final MethodHandle unmap;
  private final MethodHandle open;
  private final MethodHandle close;

  /** Linux alone has it. */
  private final @Nullable MethodHandle memoryFile;

  private final MethodHandle truncate;

  private MappingCalls(
      Flags flags,
      MethodHandle map,
      MethodHandle unmap,
      MethodHandle open,
      MethodHandle close,
      @Nullable MethodHandle memoryFile,
      MethodHandle truncate) {
    this.flags = flags;
    this.map = map;
    this.unmap = unmap;
    this.open = open;
    this.close = close;
    this.memoryFile = memoryFile;
    this.truncate = truncate;
  }

  /** The calls; null where the host has none that we know. */
  static @Nullable MappingCalls available() {
    return AVAILABLE;
  }

  private static @Nullable MappingCalls link() {
    String system = System.getProperty("os.name", "");
    Flags flags;
    if (system.startsWith("Linux")) {
      flags = new Flags(0x20, 0x4000, 0x80000);
    } else if (system.startsWith("Mac")) {
      flags = new Flags(0x1000, 0x40, 0x1000000);
    } else {
      return null;
    }
    if (ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    try {
      return new MappingCalls(
          flags,
          linker.downcallHandle(
              libc.findOrThrow("mmap"),
              FunctionDescriptor.of(word, word, word, number, number, number, word),
              CAPTURE),
          linker.downcallHandle(
              libc.findOrThrow("munmap"), FunctionDescriptor.of(number, word, word)),
          linker.downcallHandle(
              libc.findOrThrow("open"),
              FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
              Linker.Option.firstVariadicArg(2),
              CAPTURE),
          linker.downcallHandle(libc.findOrThrow("close"), FunctionDescriptor.of(number, number)),
          system.startsWith("Linux")
              ? libc.find("memfd_create")
                  .map(
                      function ->
                          linker.downcallHandle(
                              function, FunctionDescriptor.of(number, ValueLayout.ADDRESS, number)))
                  .orElse(null)
              : null,
          linker.downcallHandle(
              libc.findOrThrow("ftruncate"), FunctionDescriptor.of(number, number, word)));
    } catch (NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /**
   * Maps {@code size} bytes of zeroes that cost nothing until they are written.
   *
   * @param at what to put them in place of, or 0 for anywhere
   * @return their address
   * @throws OutOfMemoryError if the operating system refuses
   */
  long anonymous(long at, long size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      long address = map(captured, at, size, PROT_READ_WRITE, MAP_PRIVATE | flags.anonymous, -1);
      if (address == FAILED) {
        throw new OutOfMemoryError(
            "the operating system refused to map "
                + size
                + " bytes of guest memory (error "
                + errno(captured)
                + ")");
      }
      return address;
    }
  }

  /**
   * Maps the first {@code size} bytes of a file, privately: what is written goes to copies of the
   * pages.
   *
   * @param at what to put them in place of, or 0 for anywhere
   * @param descriptor of the file, which may be closed afterwards
   * @return their address
   * @throws IOException if the operating system refuses
   */
  long privateCopy(long at, long size, int descriptor) throws IOException {
    return ofFile(at, size, PROT_READ_WRITE, MAP_PRIVATE, descriptor);
  }

  /** As {@link #privateCopy}, but only to be read. */
  long readOnly(long size, int descriptor) throws IOException {
    return ofFile(0, size, PROT_READ, MAP_PRIVATE, descriptor);
  }

  /** As {@link #privateCopy}, but what is written goes to the file, and is seen by all. */
  long shared(long at, long size, int descriptor) throws IOException {
    return ofFile(at, size, PROT_READ_WRITE, MAP_SHARED, descriptor);
  }

  /**
   * A file of zeroes that has no name and is in memory only, as long as somebody has it open or
   * mapped: memfd_create(2).
   *
   * @return its descriptor, to be closed; negative where there are no such files
   */
  int memoryFile(long size) {
    MethodHandle create = memoryFile;
    if (create == null) {
      return -1;
    }
    int descriptor;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("guest-memory");
      descriptor = (int) create.invokeExact(name, MFD_CLOSE_ON_EXEC);
    } catch (Throwable e) {
      throw notCallable(e);
    }
    if (descriptor >= 0 && !truncate(descriptor, size)) {
      close(descriptor);
      return -1;
    }
    return descriptor;
  }

  /** Gives a file this length; false if the operating system refuses. */
  boolean truncate(int descriptor, long size) {
    try {
      return (int) truncate.invokeExact(descriptor, size) == 0;
    } catch (Throwable e) {
      throw notCallable(e);
    }
  }

  private long ofFile(long at, long size, int protection, int kind, int descriptor)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      long address = map(captured, at, size, protection, kind, descriptor);
      if (address == FAILED) {
        throw new IOException("a file cannot be mapped (error " + errno(captured) + ")");
      }
      return address;
    }
  }

  /**
   * Opens a file for reading.
   *
   * @return its descriptor, to be closed
   * @throws IOException if it is not there or may not be read
   */
  int open(Path file) throws IOException {
    return open(file, OPEN_READ_ONLY);
  }

  /** As {@link #open}, for reading and writing. */
  int openToWrite(Path file) throws IOException {
    return open(file, OPEN_READ_WRITE);
  }

  private int open(Path file, int mode) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int descriptor = open(captured, arena, file, mode);
      if (descriptor < 0) {
        if (errno(captured) == NO_SUCH_FILE) {
          throw new FileNotFoundException(file + " is not there");
        }
        throw new IOException(file + " cannot be opened (error " + errno(captured) + ")");
      }
      return descriptor;
    }
  }

  private static int errno(MemorySegment captured) {
    return (int) ERRNO.get(captured, 0L);
  }

  private long map(
      MemorySegment captured, long at, long size, int protection, int kind, int descriptor) {
    int wanted = flags.noReserve | kind | (at == 0 ? 0 : MAP_FIXED);
    try {
      return (long) map.invokeExact(captured, at, size, protection, wanted, descriptor, 0L);
    } catch (Throwable e) {
      throw notCallable(e);
    }
  }

  private int open(MemorySegment captured, Arena arena, Path file, int mode) {
    MemorySegment path = arena.allocateFrom(file.toAbsolutePath().toString());
    try {
      return (int) open.invokeExact(captured, path, mode | flags.closeOnExec);
    } catch (Throwable e) {
      throw notCallable(e);
    }
  }

  /** Closes a descriptor. */
  void close(int descriptor) {
    try {
      int ignored = (int) close.invokeExact(descriptor);
      assert ignored == 0;
    } catch (Throwable e) {
      throw notCallable(e);
    }
  }

  /** Gives a mapping back. */
  void unmap(long address, long size) {
    int result;
    try {
      result = (int) unmap.invokeExact(address, size);
    } catch (Throwable e) {
      throw notCallable(e);
    }
    if (result != 0) {
      throw new IllegalStateException("munmap failed for " + size + " bytes");
    }
  }

  /** The functions throw nothing; a method handle's signature only does not say so. */
  private static IllegalStateException notCallable(Throwable e) {
    return new IllegalStateException("a function of the C library could not be called", e);
  }
}
