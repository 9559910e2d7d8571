package org.javisor.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Gives pages of mappings back to the operating system: madvise(2) of Linux. */
@SuppressWarnings("restricted") // A system call is the point; the launcher enables native access.
final class PageRelease {
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_REMOVE = 9;
  private static final @Nullable MethodHandle MADVISE = madvise();

  private PageRelease() {}

  private static @Nullable MethodHandle madvise() {
    // Elsewhere the same call may keep the pages, or has another meaning.
    if (!System.getProperty("os.name", "").startsWith("Linux")) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("madvise")
        .map(
            function ->
                linker.downcallHandle(
                    function,
                    FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT)))
        .orElse(null);
  }

  /**
   * Forgets the content of whole pages of a mapping of this process: they read as zeroes
   * afterwards, or as the file that is mapped privately. Does nothing where that is not possible,
   * as on systems other than Linux, or with pages larger than the range.
   *
   * @param shared whether the mapping is shared with its file, in which a hole is made then
   * @return whether they have been given back
   */
  static boolean release(long address, long length, boolean shared) {
    MethodHandle madvise = MADVISE;
    if (madvise == null) {
      return false;
    }
    try {
      int advice = shared ? MADV_REMOVE : MADV_DONTNEED;
      return (int) madvise.invokeExact(address, length, advice) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("madvise could not be called", e);
    }
  }
}
