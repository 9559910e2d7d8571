package org.javisor.riscv.board.uart;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.javisor.riscv.board.console.ConsolePort;

/** A console whose room and input a test controls. */
final class Line implements ConsolePort {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Deque<Byte> typed = new ArrayDeque<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private int room = Integer.MAX_VALUE;

  @Override
  public int write(byte[] source, int offset, int length) {
    int count = Math.min(length, room);
    written.write(source, offset, count);
    room -= count;
    return count;
  }

  @Override
  public int read(byte[] destination, int offset, int length) {
    int count = 0;
    while (count < length && !typed.isEmpty()) {
      destination[offset + count++] = typed.remove();
    }
    return count;
  }

  @Override
  public void onReady(Runnable listener) {
    listeners.add(listener);
  }

  void type(String text) {
    for (byte octet : text.getBytes(StandardCharsets.ISO_8859_1)) {
      typed.add(octet);
    }
    listeners.forEach(Runnable::run);
  }

  void room(int bytes) {
    room = bytes;
    listeners.forEach(Runnable::run);
  }

  String written() {
    return written.toString(StandardCharsets.ISO_8859_1);
  }

  int waiting() {
    return typed.size();
  }
}
