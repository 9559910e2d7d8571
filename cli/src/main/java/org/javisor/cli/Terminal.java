package org.javisor.cli;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import org.javisor.host.TerminalSize;

/**
 * The terminal this process runs in, by the C library's termios calls. The layout of {@code struct
 * termios} differs from system to system; it stays opaque here, since {@code cfmakeraw} knows it.
 */
final class Terminal {
  static final int STANDARD_INPUT = 0;
  static final int STANDARD_OUTPUT = 1;
  static final int STANDARD_ERROR = 2;

  /** Larger than struct termios anywhere: 60 bytes on Linux, 72 on macOS. */
  private static final long TERMIOS_SIZE = 256;

  private static final int APPLY_NOW = 0; // TCSANOW

  private static final boolean MAC =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");

  /** TIOCGWINSZ, of type int on Linux and unsigned long on macOS, where it fits one too. */
  private static final long GET_WINDOW_SIZE = MAC ? 0x40087468L : 0x5413L;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup C = LINKER.defaultLookup();

  private static final MethodHandle ISATTY = handle("isatty", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle TCGETATTR =
      handle("tcgetattr", FunctionDescriptor.of(INT, INT, POINTER));
  private static final MethodHandle TCSETATTR =
      handle("tcsetattr", FunctionDescriptor.of(INT, INT, INT, POINTER));
  private static final MethodHandle CFMAKERAW =
      handle("cfmakeraw", FunctionDescriptor.ofVoid(POINTER));
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(INT, INT, ValueLayout.JAVA_LONG, POINTER),
          Linker.Option.firstVariadicArg(2));

  private Terminal() {}

  /** Gives the terminal back as it was found. */
  interface Restore {
    /** Does nothing the second time. */
    void restore();
  }

  static boolean isTerminal(int descriptor) {
    try {
      return (int) ISATTY.invokeExact(descriptor) == 1;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Every key goes through as its bytes, with no echo, no line editing and no signals.
   *
   * @return what gives the terminal back; empty if the descriptor is none
   */
  static Optional<Restore> makeRaw(int descriptor) {
    // Restored from a shutdown hook, whatever thread that is.
    Arena arena = Arena.ofAuto();
    MemorySegment found = arena.allocate(TERMIOS_SIZE, 16);
    MemorySegment raw = arena.allocate(TERMIOS_SIZE, 16);
    try {
      if ((int) TCGETATTR.invokeExact(descriptor, found) != 0) {
        return Optional.empty();
      }
      raw.copyFrom(found);
      CFMAKERAW.invokeExact(raw);
      if ((int) TCSETATTR.invokeExact(descriptor, APPLY_NOW, raw) != 0) {
        return Optional.empty();
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
    return Optional.of(() -> restore(descriptor, found));
  }

  private static void restore(int descriptor, MemorySegment found) {
    try {
      int ignored = (int) TCSETATTR.invokeExact(descriptor, APPLY_NOW, found);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The terminal's size; empty if the descriptor is none or does not know. */
  static Optional<TerminalSize> size(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 8);
      if ((int) IOCTL.invokeExact(descriptor, GET_WINDOW_SIZE, size) != 0) {
        return Optional.empty();
      }
      int rows = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2));
      return rows == 0 || columns == 0
          ? Optional.empty()
          : Optional.of(new TerminalSize(rows, columns));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @SuppressWarnings("restricted") // Five fixed functions of the C library, with their own types.
  private static MethodHandle handle(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(C.findOrThrow(name), type, options);
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
