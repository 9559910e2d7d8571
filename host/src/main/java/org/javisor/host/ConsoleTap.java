package org.javisor.host;

import java.io.IOException;
import java.io.OutputStream;

/** Where the serial console's output goes: always to the log, and to a stream while it is shown. */
final class ConsoleTap extends OutputStream {
  private final ConsoleLog log;
  private volatile OutputStream shown = OutputStream.nullOutputStream();

  ConsoleTap(ConsoleLog log) {
    this.log = log;
  }

  /** From now on the console is also written here. */
  void show(OutputStream stream) {
    shown = stream;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    log.write(bytes, offset, count);
    shown.write(bytes, offset, count);
  }

  @Override
  public void flush() throws IOException {
    shown.flush();
  }
}
