package org.javisor.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Where a file has data and where holes, which Java has no call for: {@code lseek(2)} with
 * SEEK_DATA and SEEK_HOLE on a descriptor of our own. Reading a hole to see that it is zero would
 * fill the page cache with zeroes.
 */
@SuppressWarnings("restricted") // Three well-known C functions, called with their own types.
public final class DataExtents {
  private static final int OPEN_READ_CLOSE_ON_EXEC = 0x80000;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private record Calls(MethodHandle open, MethodHandle seek, MethodHandle close) {}

  private static final @Nullable Calls CALLS = link();

  private DataExtents() {}

  private static @Nullable Calls link() {
    if (!System.getProperty("os.name", "").equals("Linux")
        || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    try {
      return new Calls(
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("open"),
              FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
              Linker.Option.firstVariadicArg(2)),
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("lseek"),
              FunctionDescriptor.of(word, number, word, number)),
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(number, number)));
    } catch (NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /**
   * The pages of a file that hold data, in part at least.
   *
   * @param size its length
   * @return null where the host does not tell
   */
  public static @Nullable BitSet pages(Path file, long size) {
    Calls calls = CALLS;
    if (calls == null) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      int descriptor =
          (int)
              calls.open.invokeExact(
                  arena.allocateFrom(file.toAbsolutePath().toString()), OPEN_READ_CLOSE_ON_EXEC);
      if (descriptor < 0) {
        return null;
      }
      try {
        return pages(calls.seek, descriptor, size);
      } finally {
        int closed = (int) calls.close.invokeExact(descriptor);
        assert closed == 0;
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      // The functions throw nothing; a method handle's signature only does not say so.
      throw new IllegalStateException(e);
    }
  }

  private static BitSet pages(MethodHandle seek, int descriptor, long size) throws Throwable {
    BitSet pages = new BitSet();
    long at = 0;
    while (at < size) {
      long data = (long) seek.invokeExact(descriptor, at, SEEK_DATA);
      if (data < 0 || data >= size) {
        return pages;
      }
      long hole = (long) seek.invokeExact(descriptor, data, SEEK_HOLE);
      long end = hole < 0 ? size : Math.min(hole, size);
      pages.set(
          (int) (data >>> GuestMemory.PAGE_SHIFT),
          (int) ((end + GuestMemory.PAGE_SIZE - 1) >>> GuestMemory.PAGE_SHIFT));
      at = end;
    }
    return pages;
  }
}
