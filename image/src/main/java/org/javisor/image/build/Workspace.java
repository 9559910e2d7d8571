package org.javisor.image.build;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which an image is made. It is gone when it is closed, and what a killed process left
 * goes when the next one opens a workspace: a living process holds the lock of its folder.
 */
public final class Workspace implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path folder;
  private final @Nullable FileChannel lock;

  private Workspace(Path folder, @Nullable FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Makes a new workspace below a folder. */
  public static Workspace open(Path parent) throws IOException {
    Files.createDirectories(parent);
    // No other process may take the new folder for a leftover before its lock is held.
    try (FileChannel gate =
        FileChannel.open(
            parent.resolve(".gate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      gate.lock();
      removeLeftovers(parent);
      Path folder = Files.createTempDirectory(parent, "image");
      FileChannel lock = tryLock(folder);
      if (lock == null) {
        throw new IOException(folder + " is used by another process");
      }
      return new Workspace(folder, lock);
    } catch (OverlappingFileLockException e) {
      throw new IOException("another image is being made by this process just now", e);
    }
  }

  private static void removeLeftovers(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "image*")) {
      for (Path leftover : folders) {
        FileChannel lock = tryLock(leftover);
        if (lock != null) {
          remove(leftover);
          lock.close();
        }
      }
    }
  }

  private static @Nullable FileChannel tryLock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process.
    }
    channel.close();
    return null;
  }

  /** A path in the workspace. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** A workspace within this one, which ends with it at the latest. */
  public Workspace inner(String name) throws IOException {
    return new Workspace(Files.createDirectory(file(name)), null);
  }

  /** The workspace's folder. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    try {
      remove(folder);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      // Another process has found it a leftover too.
    }
  }
}
