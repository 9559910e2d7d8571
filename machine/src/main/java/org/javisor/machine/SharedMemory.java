package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory that another process of the same user can map too, by the path of this process's
 * descriptor. It has no name of its own, so it is gone with the last process that has it.
 */
@SuppressWarnings("restricted") // A segment at an address is the point.
final class SharedMemory implements AutoCloseable {
  private final MappingCalls calls;
  private final int descriptor;
  private final long size;

  private SharedMemory(MappingCalls calls, int descriptor, long size) {
    this.calls = calls;
    this.descriptor = descriptor;
    this.size = size;
  }

  /** Zeroes; null where the host has no such files. */
  static @Nullable SharedMemory create(MappingCalls calls, long size) {
    int descriptor = calls.memoryFile(size);
    return descriptor < 0 ? null : new SharedMemory(calls, descriptor, size);
  }

  /**
   * That of another process.
   *
   * @param path what {@link #path} says there
   * @throws IOException if it is not there, or not of this size
   */
  static SharedMemory open(MappingCalls calls, Path path, long size) throws IOException {
    int descriptor = calls.openToWrite(path);
    SharedMemory opened = new SharedMemory(calls, descriptor, size);
    boolean fits = false;
    try {
      long length = Files.size(path(descriptor));
      if (length != size) {
        throw new IOException(path + " has " + length + " bytes, not " + size);
      }
      fits = true;
      return opened;
    } finally {
      if (!fits) {
        opened.close();
      }
    }
  }

  /** Where the file of a descriptor of this process is found. */
  static Path path(int descriptor) {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
  }

  Path path() {
    return path(descriptor);
  }

  /**
   * Maps it.
   *
   * @param at what to put it in place of, or 0 for anywhere
   */
  long map(long at) throws IOException {
    return calls.shared(at, size, descriptor);
  }

  /** Maps it until the arena is closed. */
  MemorySegment map(Arena arena) throws IOException {
    return MemorySegment.ofAddress(map(0))
        .reinterpret(size, arena, mapped -> calls.unmap(mapped.address(), mapped.byteSize()));
  }

  /** Makes it zeroes that take no memory. */
  void clear() {
    if (!calls.truncate(descriptor, 0) || !calls.truncate(descriptor, size)) {
      throw new IllegalStateException("ftruncate failed for a file in memory");
    }
  }

  @Override
  public void close() {
    calls.close(descriptor);
  }
}
