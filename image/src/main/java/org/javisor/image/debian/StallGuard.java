package org.javisor.image.debian;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends a transfer that has stopped to make progress: a read would otherwise wait for ever. */
final class StallGuard extends FilterInputStream {
  private final long patienceNanos;
  private final Thread watcher;
  private volatile long lastByte = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream body, Duration patience) {
    super(body);
    patienceNanos = patience.toNanos();
    watcher = Thread.ofVirtual().start(this::watch);
  }

  private void watch() {
    try {
      for (long idle = 0; idle < patienceNanos; idle = System.nanoTime() - lastByte) {
        Thread.sleep(Duration.ofNanos(patienceNanos - idle));
      }
      stalled = true;
      in.close();
    } catch (InterruptedException e) {
      // The transfer is over.
    } catch (IOException e) {
      // The reader finds out by itself.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one, 0, 1);
    return count < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(target, offset, length);
    } catch (IOException e) {
      throw stalled ? stall(e) : e;
    }
    if (count < 0 && stalled) {
      throw stall(null);
    }
    lastByte = System.nanoTime();
    return count;
  }

  private IOException stall(@Nullable IOException cause) {
    IOException e =
        new SocketTimeoutException("nothing came for " + patienceNanos / 1_000_000_000 + " s");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  @Override
  public void close() throws IOException {
    watcher.interrupt();
    super.close();
  }
}
