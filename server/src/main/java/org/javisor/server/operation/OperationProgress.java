package org.javisor.server.operation;

import java.util.concurrent.atomic.AtomicLong;
import org.javisor.image.Progress;

/** Says in an operation's metadata how far the making of an image is. */
public final class OperationProgress implements Progress {
  private static final long HUNDRED = 100;

  private final Operation operation;

  /** Progress of this operation. */
  public OperationProgress(Operation operation) {
    this.operation = operation;
  }

  @Override
  public Phase begin(String title, Unit unit, long total) {
    operation.say("download_progress", title);
    AtomicLong done = new AtomicLong();
    return new Phase() {
      private long said = -1;

      @Override
      public synchronized void advance(long amount) {
        long now = done.addAndGet(amount);
        long percent = total == 0 ? 0 : now * HUNDRED / total;
        if (total > 0 && percent != said) {
          said = percent;
          operation.say("download_progress", title + ": " + percent + "%");
        }
      }

      @Override
      public void close() {}
    };
  }
}
