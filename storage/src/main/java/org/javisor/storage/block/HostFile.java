package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of the host's.
 *
 * <p>A Java file channel closes itself for everybody when a thread that uses it is interrupted. A
 * disk must not vanish because one request was cancelled: the file is opened anew then, and the
 * request is done again; the thread's interrupt stays pending.
 */
final class HostFile implements Medium {

  /** What a channel is used for; may be done twice. */
  @FunctionalInterface
  private interface Use {
    long on(FileChannel channel) throws IOException;
  }

  private final Path name;

  /** By what the file can be opened again. */
  private final Path reopenable;

  private final boolean writable;
  private final @Nullable HolePunch punch;

  /** Whether {@link #close} deletes the file, because the host keeps no nameless ones. */
  private final boolean deleteAtEnd;

  private final Object reopening = new Object();
  private volatile FileChannel channel;
  private volatile boolean closed;

  private HostFile(
      Path name, boolean writable, boolean anonymous, Set<? extends OpenOption> options)
      throws IOException {
    this.name = name;
    this.writable = writable;
    channel = FileChannel.open(name, options);
    HolePunch made = null;
    try {
      if (writable && !anonymous) {
        lock(channel);
      }
      made = writable ? HolePunch.open(name) : null;
      deleteAtEnd = anonymous && made == null;
      if (anonymous && made != null) {
        Files.delete(name);
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (made != null) {
        made.close();
      }
      throw e;
    }
    punch = made;
    reopenable = anonymous && made != null ? made.path() : name;
  }

  /** Opens an existing file; a writable one for this process alone. */
  static HostFile open(Path file, boolean writable) throws IOException {
    return new HostFile(file, writable, false, options(writable));
  }

  /** Makes a file that does not exist yet, for this process alone. */
  static HostFile create(Path file) throws IOException {
    EnumSet<StandardOpenOption> options = options(true);
    options.add(StandardOpenOption.CREATE_NEW);
    options.add(StandardOpenOption.SPARSE);
    return new HostFile(file, true, false, options);
  }

  /** Makes a file that is gone when it is closed or the process ends. */
  static HostFile anonymous(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "disk", ".tmp");
    try {
      return new HostFile(file, true, true, options(true));
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static EnumSet<StandardOpenOption> options(boolean writable) {
    EnumSet<StandardOpenOption> options = EnumSet.of(StandardOpenOption.READ);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    return options;
  }

  private void lock(FileChannel opened) throws IOException {
    FileLock lock;
    try {
      lock = opened.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(name + " is in use by this process already", e);
    }
    if (lock == null) {
      throw new IOException(name + " is in use by another process");
    }
  }

  private long use(Use use) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        FileChannel current = channel;
        interrupted |= Thread.interrupted();
        try {
          return use.on(current);
        } catch (ClosedByInterruptException e) {
          interrupted = true;
          reopen(current);
        } catch (ClosedChannelException e) {
          // Some other thread that was interrupted has closed it, unless it is really closed.
          reopen(current);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void reopen(FileChannel broken) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      synchronized (reopening) {
        if (closed) {
          throw new ClosedChannelException();
        }
        if (channel.equals(broken)) {
          FileChannel opened = FileChannel.open(reopenable, options(writable));
          if (writable && reopenable.equals(name)) {
            lock(opened);
          }
          channel = opened;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public long size() throws IOException {
    return use(FileChannel::size);
  }

  @Override
  public void read(long offset, ByteBuffer destination) throws IOException {
    int start = destination.position();
    while (destination.hasRemaining()) {
      long position = offset + destination.position() - start;
      if (use(c -> c.read(destination, position)) < 0) {
        Zeroes.fill(destination);
      }
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    int start = source.position();
    while (source.hasRemaining()) {
      long position = offset + source.position() - start;
      use(c -> c.write(source, position));
    }
  }

  @Override
  public void sync() throws IOException {
    use(
        c -> {
          c.force(false);
          return 0;
        });
  }

  @Override
  public boolean punch(long offset, long length) {
    return punch != null && punch.punch(offset, length);
  }

  @Override
  public void close() throws IOException {
    synchronized (reopening) {
      if (closed) {
        return;
      }
      closed = true;
      channel.close();
      if (punch != null) {
        punch.close();
      }
      if (deleteAtEnd) {
        Files.deleteIfExists(name);
      }
    }
  }
}
