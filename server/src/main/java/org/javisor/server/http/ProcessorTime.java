package org.javisor.server.http;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Processor time of the thread of the system that carries the current one, virtual or not: {@code
 * clock_gettime(2)} and {@code gettid(2)}. Java does not tell it for virtual threads. As long as
 * one waits for nothing, all of it is its own.
 *
 * @param carrier the system's number of the thread; 0 where the system does not tell
 * @param nanos it has used so far; where the system does not tell, of a clock on the wall
 */
record ProcessorTime(int carrier, long nanos) {
  private static final int CLOCK_THREAD_CPUTIME_ID = 3;
  private static final long NANOS_OF_SECOND = 1_000_000_000;

  private static final @Nullable MethodHandle CLOCK =
      link(
          "clock_gettime",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  private static final @Nullable MethodHandle THREAD =
      link("gettid", FunctionDescriptor.of(ValueLayout.JAVA_INT));

  @SuppressWarnings("restricted") // well-known C functions, called with their own types
  private static @Nullable MethodHandle link(String name, FunctionDescriptor types) {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (!os.equals("linux") || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types);
    } catch (NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /** The current thread's now. */
  static ProcessorTime now() {
    MethodHandle clock = CLOCK;
    MethodHandle thread = THREAD;
    if (clock == null || thread == null) {
      return new ProcessorTime(0, System.nanoTime());
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int failed = (int) clock.invokeExact(CLOCK_THREAD_CPUTIME_ID, time);
      int carrier = (int) thread.invokeExact();
      return failed != 0
          ? new ProcessorTime(0, System.nanoTime())
          : new ProcessorTime(
              carrier,
              time.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS_OF_SECOND
                  + time.getAtIndex(ValueLayout.JAVA_LONG, 1));
    } catch (Throwable e) {
      throw new IllegalStateException("clock_gettime failed", e);
    }
  }
}
