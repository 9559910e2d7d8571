package org.javisor.image.build;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads kernel modules on all processors while the package is unpacked: thousands of files, each
 * compressed by itself. Only so many are in memory at a time.
 */
final class ModuleReaders implements AutoCloseable {
  private static final int AHEAD = 16;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final Semaphore room = new Semaphore(AHEAD);
  private volatile @Nullable IOException failure;

  /** Reading one module. */
  interface Work {
    void run() throws IOException;
  }

  /** Reads a module soon; waits while too many are being read. */
  void read(Work work) throws IOException {
    check();
    room.acquireUninterruptibly();
    threads.execute(
        () -> {
          try {
            work.run();
          } catch (IOException e) {
            failure = e;
          } catch (RuntimeException e) {
            failure = new IOException(e);
          } finally {
            room.release();
          }
        });
  }

  /** Waits until all have been read. */
  void await() throws IOException, InterruptedException {
    room.acquire(AHEAD);
    room.release(AHEAD);
    check();
  }

  private void check() throws IOException {
    IOException first = failure;
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
