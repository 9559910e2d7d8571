package org.javisor.riscv.board.sbi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javisor.machine.GuestMemory;
import org.javisor.riscv.board.console.ConsolePort;

/** The supervisor binary interface in front of recorded harts, with 1 MiB of memory. */
final class SbiRig implements AutoCloseable {
  static final long BASE = 0x8000_0000L;
  static final long SIZE = 1 << 20;

  final List<RecordedHart> harts;
  final GuestMemory memory = GuestMemory.allocate(BASE, SIZE);
  final List<String> asked = new ArrayList<>();
  final ByteArrayOutputStream written = new ByteArrayOutputStream();
  byte[] typed = {};
  int room = Integer.MAX_VALUE;
  final Sbi sbi;

  SbiRig(int count) {
    harts = IntStream.range(0, count).mapToObj(RecordedHart::new).toList();
    harts.getFirst().state(SbiHart.State.STARTED);
    sbi = new Sbi(new SbiPlatform(harts, memory, new Console(), new Fences(), new Power()));
  }

  /** A call by hart 0. */
  SbiResult call(String extension, long function, long... arguments) {
    long id = 0;
    for (byte letter : extension.getBytes(StandardCharsets.US_ASCII)) {
      id = id << 8 | letter;
    }
    return call(id, function, arguments);
  }

  /** A call by hart 0. */
  SbiResult call(long extension, long function, long... arguments) {
    long[] a = Arrays.copyOf(arguments, 6);
    return sbi.call(
        new SbiCall(harts.getFirst(), extension, function, a[0], a[1], a[2], a[3], a[4], a[5]));
  }

  @Override
  public void close() {
    memory.close();
  }

  private final class Console implements ConsolePort {
    @Override
    public int write(byte[] source, int offset, int length) {
      int count = Math.min(length, room);
      written.write(source, offset, count);
      return count;
    }

    @Override
    public int read(byte[] destination, int offset, int length) {
      int count = Math.min(length, typed.length);
      System.arraycopy(typed, 0, destination, offset, count);
      return count;
    }

    @Override
    public void onReady(Runnable listener) {
      // Nothing here ever becomes ready.
    }
  }

  private final class Fences implements SbiPlatform.RemoteFences {
    @Override
    public void instruction(int caller, long mask) {
      asked.add("fence.i 0x%x".formatted(mask));
    }

    @Override
    public void address(int caller, long mask, long start, long size) {
      asked.add("sfence 0x%x 0x%x %d".formatted(mask, start, size));
    }

    @Override
    public void address(int caller, long mask, long start, long size, int addressSpace) {
      asked.add("sfence 0x%x 0x%x %d in %d".formatted(mask, start, size, addressSpace));
    }
  }

  private final class Power implements SbiPlatform.PowerControl {
    @Override
    public void powerOff(boolean failure) {
      asked.add("power off " + failure);
    }

    @Override
    public void reset() {
      asked.add("reset");
    }
  }
}
