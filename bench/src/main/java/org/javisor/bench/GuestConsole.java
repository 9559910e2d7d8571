package org.javisor.bench;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;

/** What a guest writes to its serial console, for somebody who waits for it. */
final class GuestConsole extends OutputStream {
  /** More than a guest of ours writes; what comes after it is lost. */
  private static final int MOST = 1 << 20;

  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private boolean ended;

  @Override
  public void write(int octet) {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    content.write(bytes, offset, Math.min(length, MOST - content.size()));
    notifyAll();
  }

  /** The guest writes no more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Whether it has written a text, or does within some time. */
  synchronized boolean await(String text, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!text().contains(text)) {
      long left = end - System.nanoTime();
      if (left <= 0 || ended) {
        return false;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    return true;
  }

  /**
   * Waits until it has written a text.
   *
   * @throws ProblemException if it does not
   */
  void require(String text, Duration patience) throws InterruptedException {
    if (!await(text, patience)) {
      throw failure("did not write '" + text + "' within " + patience.toSeconds() + " s");
    }
  }

  /** A machine that did something wrong; with the last it has written. */
  ProblemException failure(String what) {
    List<String> lines = text().lines().toList();
    return new ProblemException(
        new Problem(
            Problem.Kind.FAILED,
            "the benchmark's machine " + what,
            "",
            lines.subList(Math.max(0, lines.size() - 20), lines.size())),
        null);
  }

  private synchronized String text() {
    return content.toString(StandardCharsets.ISO_8859_1);
  }
}
