package org.javisor.riscv.lockstep;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.javisor.riscv.board.console.ConsolePort;

/** Keeps what a guest writes, at once and without end; nobody types. */
final class CapturedConsole implements ConsolePort {
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  @Override
  public int write(byte[] source, int offset, int length) {
    content.write(source, offset, length);
    return length;
  }

  @Override
  public int read(byte[] destination, int offset, int length) {
    return 0;
  }

  @Override
  public void onReady(Runnable listener) {}

  /** Bytes written so far. */
  int size() {
    return content.size();
  }

  String text() {
    return content.toString(StandardCharsets.ISO_8859_1);
  }
}
