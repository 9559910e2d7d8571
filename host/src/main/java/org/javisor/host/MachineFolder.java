package org.javisor.host;

import java.io.IOException;
import java.io.Serial;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private final Path path;
  private final FileChannel lock;
  private final boolean removeAtEnd;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MachineFolder(Path path, FileChannel lock, boolean removeAtEnd) {
    this.path = path;
    this.lock = lock;
    this.removeAtEnd = removeAtEnd;
  }

  static MachineFolder claim(Path folder, boolean removeAtEnd) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean claimed = false;
    try {
      FileLock held = channel.tryLock();
      claimed = held != null;
    } catch (OverlappingFileLockException e) {
      claimed = false;
    } finally {
      if (!claimed) {
        channel.close();
      }
    }
    if (!claimed) {
      throw new InUseException(folder);
    }
    return new MachineFolder(folder, channel, removeAtEnd);
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
    try (lock) {
      if (removeAtEnd) {
        FolderRemoval.remove(path);
      }
    }
  }
}
