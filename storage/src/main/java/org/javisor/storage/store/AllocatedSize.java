package org.javisor.storage.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a file takes on the disk, which for one with holes is less than its length. Java has no call
 * for it: {@code statx(2)}, whose structure is the same on every processor.
 */
public final class AllocatedSize {
  private static final int RELATIVE_TO_CURRENT_FOLDER = -100;
  private static final int WANT_BLOCKS = 0x400;
  private static final int STRUCTURE_BYTES = 256;
  private static final int MASK_OFFSET = 0;
  private static final int BLOCKS_OFFSET = 48;
  private static final int BLOCK_BYTES = 512;

  private static final @Nullable MethodHandle STATX = link();

  private AllocatedSize() {}

  @SuppressWarnings("restricted") // a well-known C function, called with its own types
  private static @Nullable MethodHandle link() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (!os.equals("linux") || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    try {
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("statx"),
          FunctionDescriptor.of(
              number, number, ValueLayout.ADDRESS, number, number, ValueLayout.ADDRESS));
    } catch (NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /**
   * Bytes that a file takes; its length where the host does not tell.
   *
   * @throws IOException if there is no such file
   */
  public static long of(Path file) throws IOException {
    long length = Files.size(file);
    MethodHandle statx = STATX;
    if (statx == null) {
      return length;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toAbsolutePath().toString());
      MemorySegment found = arena.allocate(STRUCTURE_BYTES, Long.BYTES);
      int result = (int) statx.invokeExact(RELATIVE_TO_CURRENT_FOLDER, path, 0, WANT_BLOCKS, found);
      boolean told = (found.get(ValueLayout.JAVA_INT, MASK_OFFSET) & WANT_BLOCKS) != 0;
      return result == 0 && told
          ? found.get(ValueLayout.JAVA_LONG, BLOCKS_OFFSET) * BLOCK_BYTES
          : length;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      // The function throws nothing; a method handle's signature only does not say so.
      throw new IllegalStateException(e);
    }
  }
}
