package org.javisor.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The session of processes that a terminal belongs to (POSIX, {@code setsid}). */
final class Session {
  private Session() {}

  /** Leaves the session of whoever started this process: its terminal's signals end here. */
  @SuppressWarnings("restricted") // One fixed function of the C library, with its own type.
  static void leave() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setsid = linker.defaultLookup().find("setsid");
    if (setsid.isEmpty()) {
      return;
    }
    MethodHandle call =
        linker.downcallHandle(setsid.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      // It fails where the process leads a session of its own already, which is as well.
      int ignored = (int) call.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }
}
