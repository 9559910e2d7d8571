package org.javisor.storage.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock that holds among processes and among the threads of each, by way of a lock on a file. A
 * process that dies releases it. File locks belong to processes, and closing any channel of the
 * file releases them: so there is one channel for each file in this process.
 */
final class ProcessLock {

  private static final Map<Path, ProcessLock> LOCKS = new ConcurrentHashMap<>();

  private final Path file;

  /** Among the threads of this process. Not bound to threads: any may release. */
  private final StampedLock threads = new StampedLock();

  private int sharers;
  private @Nullable FileChannel channel;
  private @Nullable FileLock sharedLock;

  private ProcessLock(Path file) {
    this.file = file;
  }

  /** The lock of a file, which is made if needed and never deleted. */
  static ProcessLock of(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(file + " cannot be a lock");
    }
    Path real = parent.toRealPath().resolve(file.getFileName());
    return LOCKS.computeIfAbsent(real, ProcessLock::new);
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      open =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = open;
    }
    return open;
  }

  /** Waits until nobody has it alone, and shares it. */
  Closeable share() throws IOException {
    long stamp = threads.readLock();
    try {
      synchronized (this) {
        if (sharers == 0) {
          sharedLock = channel().lock(0, Long.MAX_VALUE, true);
        }
        sharers++;
      }
    } catch (IOException | RuntimeException e) {
      threads.unlockRead(stamp);
      throw e;
    }
    return once(
        () -> {
          try {
            unshare();
          } finally {
            threads.unlockRead(stamp);
          }
        });
  }

  private synchronized void unshare() throws IOException {
    if (--sharers == 0 && sharedLock != null) {
      sharedLock.release();
      sharedLock = null;
    }
  }

  /** Waits until nobody has it, and takes it alone. */
  Closeable take() throws IOException {
    long stamp = threads.writeLock();
    try {
      FileLock lock = channel().lock();
      return alone(stamp, lock);
    } catch (IOException | RuntimeException e) {
      threads.unlockWrite(stamp);
      throw e;
    }
  }

  /** Takes it alone if nobody has it right now. */
  Optional<Closeable> tryTake() throws IOException {
    long stamp = threads.tryWriteLock();
    if (stamp == 0) {
      return Optional.empty();
    }
    try {
      FileLock lock = channel().tryLock();
      if (lock != null) {
        return Optional.of(alone(stamp, lock));
      }
    } catch (IOException | RuntimeException e) {
      threads.unlockWrite(stamp);
      throw e;
    }
    threads.unlockWrite(stamp);
    return Optional.empty();
  }

  private Closeable alone(long stamp, FileLock lock) {
    return once(
        () -> {
          try {
            lock.release();
          } finally {
            threads.unlockWrite(stamp);
          }
        });
  }

  private static Closeable once(Closeable release) {
    var done = new java.util.concurrent.atomic.AtomicBoolean();
    return () -> {
      if (!done.getAndSet(true)) {
        release.close();
      }
    };
  }
}
