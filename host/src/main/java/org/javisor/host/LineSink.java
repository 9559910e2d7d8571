package org.javisor.host;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream into lines, without carriage returns, each of a bounded length. */
final class LineSink extends OutputStream {
  private static final int MAX_LINE = 4000;

  private final Consumer<String> lines;
  private final byte[] line = new byte[MAX_LINE];
  private int length;

  LineSink(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      lines.accept(new String(line, 0, length, StandardCharsets.UTF_8));
      length = 0;
    } else if (b != '\r' && length < MAX_LINE) {
      line[length++] = (byte) b;
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      write(bytes[i]);
    }
  }
}
