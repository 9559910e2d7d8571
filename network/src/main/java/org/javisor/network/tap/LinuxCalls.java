package org.javisor.network.tap;

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
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The calls of Linux that a tap device needs, which Java has none for. */
@SuppressWarnings("restricted") // Well-known C functions, called with their own types.
final class LinuxCalls {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int ENODEV = 19;
  static final int EINVAL = 22;

  private static final int OPEN_READ_WRITE = 2;
  private static final int NON_BLOCKING = 0x800;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final short POLLIN = 1;

  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** {@code struct pollfd}: the descriptor, what is waited for, and what has happened. */
  private static final StructLayout POLL =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT, ValueLayout.JAVA_SHORT);

  private static final @Nullable LinuxCalls AVAILABLE = link();

  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle read;
  private final MethodHandle write;
  private final MethodHandle ioctl;
  private final MethodHandle socket;
  private final MethodHandle eventfd;
  private final MethodHandle poll;

  /** A call has failed. */
  static final class CallException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    CallException(String call, int errno) {
      super(call + " failed with error " + errno);
      this.errno = errno;
    }

    /** As in {@code errno.h}. */
    int errno() {
      return errno;
    }
  }

  private LinuxCalls(Linker linker) {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    var pointer = ValueLayout.ADDRESS;
    Linker.Option variadic = Linker.Option.firstVariadicArg(2);
    open = link(linker, "open", FunctionDescriptor.of(number, pointer, number), variadic);
    close = link(linker, "close", FunctionDescriptor.of(number, number));
    read = link(linker, "read", FunctionDescriptor.of(word, number, pointer, word));
    write = link(linker, "write", FunctionDescriptor.of(word, number, pointer, word));
    ioctl = link(linker, "ioctl", FunctionDescriptor.of(number, number, word, pointer), variadic);
    socket = link(linker, "socket", FunctionDescriptor.of(number, number, number, number));
    eventfd = link(linker, "eventfd", FunctionDescriptor.of(number, number, number));
    poll = link(linker, "poll", FunctionDescriptor.of(number, pointer, word, number));
  }

  private static MethodHandle link(
      Linker linker, String name, FunctionDescriptor type, Linker.Option... more) {
    SymbolLookup library = linker.defaultLookup();
    Linker.Option[] options = new Linker.Option[more.length + 1];
    System.arraycopy(more, 0, options, 1, more.length);
    options[0] = CAPTURE;
    return linker.downcallHandle(library.findOrThrow(name), type, options);
  }

  private static @Nullable LinuxCalls link() {
    if (!System.getProperty("os.name", "").startsWith("Linux")
        || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    try {
      return new LinuxCalls(Linker.nativeLinker());
    } catch (NoSuchElementException | IllegalCallerException e) {
      return null;
    }
  }

  /**
   * The calls.
   *
   * @throws IOException where the host has none
   */
  static LinuxCalls require() throws IOException {
    if (AVAILABLE == null) {
      throw new IOException("tap devices are had on 64-bit Linux only");
    }
    return AVAILABLE;
  }

  /** Something to carry out, which sets {@code errno} in what it is given. */
  private interface Call {
    long invoke(MemorySegment captured) throws Throwable;
  }

  private static long checked(String name, Call call) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      long result = call.invoke(captured);
      if (result < 0) {
        throw new CallException(name, (int) ERRNO.get(captured, 0L));
      }
      return result;
    } catch (CallException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** Opens a device to read and write without waiting. */
  int open(String path) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path);
      int flags = OPEN_READ_WRITE | NON_BLOCKING | CLOSE_ON_EXEC;
      return (int) checked("open", captured -> (int) open.invokeExact(captured, text, flags));
    }
  }

  /** A socket to ask about interfaces with. */
  int controlSocket() throws CallException {
    return (int)
        checked(
            "socket",
            captured -> (int) socket.invokeExact(captured, AF_INET, SOCK_DGRAM | CLOSE_ON_EXEC, 0));
  }

  /** Something to end {@link #await} by. */
  int event() throws CallException {
    return (int)
        checked(
            "eventfd",
            captured -> (int) eventfd.invokeExact(captured, 0, NON_BLOCKING | CLOSE_ON_EXEC));
  }

  /** Closes a descriptor; there is nothing to be done about an error. */
  void close(int descriptor) {
    try {
      checked("close", captured -> (int) close.invokeExact(captured, descriptor));
    } catch (CallException e) {
      // It is closed all the same.
    }
  }

  void ioctl(int descriptor, long request, MemorySegment argument) throws CallException {
    checked("ioctl", captured -> (int) ioctl.invokeExact(captured, descriptor, request, argument));
  }

  /** Reads into native memory; the number of bytes. */
  int read(int descriptor, MemorySegment into) throws CallException {
    return (int)
        checked(
            "read",
            captured -> (long) read.invokeExact(captured, descriptor, into, into.byteSize()));
  }

  /** Writes from native memory. */
  void write(int descriptor, MemorySegment from) throws CallException {
    checked(
        "write", captured -> (long) write.invokeExact(captured, descriptor, from, from.byteSize()));
  }

  /** Waits until one of two descriptors can be read. */
  void await(int one, int other) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(POLL, 2);
      both.set(ValueLayout.JAVA_INT, 0, one);
      both.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      both.set(ValueLayout.JAVA_INT, POLL.byteSize(), other);
      both.set(ValueLayout.JAVA_SHORT, POLL.byteSize() + 4, POLLIN);
      checked("poll", captured -> (int) poll.invokeExact(captured, both, 2L, -1));
    } catch (CallException e) {
      if (e.errno() != EINTR) {
        throw e;
      }
    }
  }
}
