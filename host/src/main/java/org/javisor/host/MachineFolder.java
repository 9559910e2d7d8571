package org.javisor.host;

import java.io.IOException;
import java.io.Serial;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The folder of one machine, held by this process until closed. The system drops the lock when the
 * process dies, however it dies.
 */
public final class MachineFolder implements AutoCloseable {
  /** Another process, or another machine of this one, has the folder. */
  static final class InUseException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    InUseException(Path folder) {
      super(folder + " is in use");
    }
  }

  /** The folders that this process holds. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private volatile FileChannel lock;
  private final boolean removeAtEnd;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MachineFolder(Path path, FileChannel lock, boolean removeAtEnd) {
    this.path = path;
    this.lock = lock;
    this.removeAtEnd = removeAtEnd;
  }

  static MachineFolder claim(Path folder, boolean removeAtEnd) throws IOException {
    // To close a file is to lose the process's lock of it, so one that is held is not opened again.
    if (!HELD.add(folder)) {
      throw new InUseException(folder);
    }
    boolean held = false;
    try {
      MachineFolder claimed = claimFromOthers(folder, removeAtEnd);
      held = true;
      return claimed;
    } finally {
      if (!held) {
        HELD.remove(folder);
      }
    }
  }

  private static MachineFolder claimFromOthers(Path folder, boolean removeAtEnd)
      throws IOException {
    return new MachineFolder(folder, lock(folder), removeAtEnd);
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean claimed = false;
    try {
      FileLock held = channel.tryLock();
      claimed = held != null;
    } catch (OverlappingFileLockException e) {
      claimed = false; // It had another name when this process took it.
    } finally {
      if (!claimed) {
        channel.close();
      }
    }
    if (!claimed) {
      throw new InUseException(folder);
    }
    return channel;
  }

  /** Lets another process have the folder, until {@link #reclaim}. */
  void release() throws IOException {
    lock.close();
  }

  /**
   * Takes it again, if it was released.
   *
   * @throws IOException if another process has it
   */
  void reclaim() throws IOException {
    if (!lock.isOpen()) {
      lock = lock(path);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Gives the folder back; one of a throw-away machine is removed with all in it. */
  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (FileChannel held = lock) {
      assert held != null;
      if (removeAtEnd) {
        FolderRemoval.remove(path);
      }
    } finally {
      HELD.remove(path);
    }
  }
}
