package org.javisor.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and kill end a command as an exception does: the thread that runs it is interrupted, and
 * everything it opened is closed, ended and removed on the way out, before the process ends.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::atShutdown, "interruption");

  /** Watches over the current thread. */
  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void atShutdown() {
    worker.interrupt();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Words.say("gave up waiting for the end of the command");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command is over. */
  @Override
  public void close() {
    done.countDown();
  }
}
