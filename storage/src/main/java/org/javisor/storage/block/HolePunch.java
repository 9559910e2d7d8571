package org.javisor.storage.block;

import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes holes in a file of a Linux host, which Java has no call for: {@code fallocate(2)} with
 * FALLOC_FL_PUNCH_HOLE on a descriptor of our own.
 */
final class HolePunch implements Closeable {

  private static final int OPEN_READ_WRITE = 2;
  private static final int OPEN_CLOSE_ON_EXEC = 0x80000;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;

  /** The three calls; absent where the host is no 64-bit Linux. */
  private record Calls(MethodHandle open, MethodHandle fallocate, MethodHandle close) {}

  private static final @Nullable Calls CALLS = link();

  private final Calls calls;
  private final int descriptor;
  private boolean closed;

  private HolePunch(Calls calls, int descriptor) {
    this.calls = calls;
    this.descriptor = descriptor;
  }

  @SuppressWarnings("restricted") // three well-known C functions, called with their own types
  private static @Nullable Calls link() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (!os.equals("linux") || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    var symbols = linker.defaultLookup();
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfLong wide = ValueLayout.JAVA_LONG;
    try {
      return new Calls(
          linker.downcallHandle(
              symbols.findOrThrow("open"),
              FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
              Linker.Option.firstVariadicArg(2)),
          linker.downcallHandle(
              symbols.findOrThrow("fallocate"),
              FunctionDescriptor.of(number, number, number, wide, wide)),
          linker.downcallHandle(
              symbols.findOrThrow("close"), FunctionDescriptor.of(number, number)));
    } catch (java.util.NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /** Opens {@code file} for punching; null where that is not possible. */
  static @Nullable HolePunch open(Path file) {
    Calls calls = CALLS;
    if (calls == null) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toAbsolutePath().toString());
      int descriptor = (int) calls.open().invokeExact(path, OPEN_READ_WRITE | OPEN_CLOSE_ON_EXEC);
      return descriptor < 0 ? null : new HolePunch(calls, descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A path to the file that works as long as this is open, even once the file has no name. */
  Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /** Makes a hole; false if the host's file system cannot. */
  synchronized boolean punch(long offset, long length) {
    // A closed descriptor's number may already belong to another file.
    if (closed) {
      return false;
    }
    try {
      return (int) calls.fallocate().invokeExact(descriptor, KEEP_SIZE | PUNCH_HOLE, offset, length)
          == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      var _ = (int) calls.close().invokeExact(descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The functions throw nothing; a method handle's signature only does not say so. */
  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case Error error -> throw error;
      case RuntimeException runtime -> runtime;
      default -> new IllegalStateException(e);
    };
  }
}
