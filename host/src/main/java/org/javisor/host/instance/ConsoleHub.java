package org.javisor.host.instance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.machine.ByteRing;
import org.jspecify.annotations.Nullable;

/**
 * The serial console of an instance, over all its starts: a bounded log on disk, and any number of
 * people who look on. Nobody who is slow to read can stop the guest: what they have no room for is
 * lost to them, and it is in the log.
 */
public final class ConsoleHub extends OutputStream {
  /** Bytes after which the log begins anew; the one before is kept. */
  private static final long LOG_BYTES = 1 << 20;

  private static final int VIEW_BYTES = 1 << 18;

  private final Path file;
  private final List<View> views = new CopyOnWriteArrayList<>();
  private volatile OutputStream follower = OutputStream.nullOutputStream();
  private @Nullable OutputStream log;
  private long logged;

  /** A console that is logged in this file and, before that, in one with {@code .1} added. */
  ConsoleHub(Path file) {
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    views.forEach(view -> view.put(bytes, offset, count));
    writeLog(bytes, offset, count);
    try {
      follower.write(bytes, offset, count);
    } catch (IOException e) {
      follower = OutputStream.nullOutputStream(); // Gone; the others are none the worse for it.
    }
  }

  private synchronized void writeLog(byte[] bytes, int offset, int count) throws IOException {
    if (log == null) {
      log = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      logged = Files.size(file);
    }
    if (logged + count > LOG_BYTES) {
      log.close();
      Files.move(file, earlier(), StandardCopyOption.REPLACE_EXISTING);
      log = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      logged = 0;
    }
    log.write(bytes, offset, count);
    logged += count;
  }

  /** What the guest wrote lately, at least the last MiB if there was as much. */
  public synchronized byte[] lately() throws IOException {
    byte[] before = Files.exists(earlier()) ? Files.readAllBytes(earlier()) : new byte[0];
    byte[] now = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    byte[] all = java.util.Arrays.copyOf(before, before.length + now.length);
    System.arraycopy(now, 0, all, before.length, now.length);
    return all;
  }

  /** Empties the log. */
  public synchronized void forget() throws IOException {
    release();
    Files.deleteIfExists(file);
    Files.deleteIfExists(earlier());
  }

  /** Closes the log file until there is something to write again. */
  synchronized void release() throws IOException {
    if (log != null) {
      log.close();
      log = null;
    }
  }

  /**
   * From now on this stream gets all of it, and the guest waits while the stream does: it is for
   * whom the machine is there alone.
   */
  void follow(OutputStream stream) {
    follower = stream;
  }

  /** Somebody looks on from now; {@link View#close} when they do not any more. */
  public View open() {
    View view = new View();
    views.add(view);
    return view;
  }

  private Path earlier() {
    return file.resolveSibling(file.getFileName() + ".1");
  }

  /** What one person sees of the console. */
  public final class View implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteRing waiting = new ByteRing(VIEW_BYTES);
    private boolean closed;

    private View() {}

    private void put(byte[] bytes, int offset, int count) {
      lock.lock();
      try {
        waiting.put(bytes, offset, count);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits for output and takes it.
     *
     * @return bytes taken, -1 after {@link #close}
     * @throws InterruptedException if interrupted while waiting
     */
    public int read(byte[] destination) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (!closed && waiting.size() == 0) {
          changed.await();
        }
        return waiting.size() == 0 ? -1 : waiting.take(destination, 0, destination.length);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      views.remove(this);
      lock.lock();
      try {
        closed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
