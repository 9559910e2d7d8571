package org.javisor.storage.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Puts finished files in their places. Whatever dies at whatever moment, under the final name there
 * is the whole file, what was there before, or nothing.
 */
public final class DurableRename {
  private DurableRename() {}

  /**
   * Moves a file that was written aside to its place, in place of an earlier one. It is on stable
   * storage, with its name, when this returns.
   *
   * @param to a path on the same file system, in a folder that exists
   * @return {@code to}
   * @throws IOException if it cannot be moved, or the storage fails
   */
  public static Path move(Path from, Path to) throws IOException {
    // A name may reach the storage before what it names does, unless that was synced first.
    sync(from);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    // The new name is in the folder's own blocks.
    sync(to.resolveSibling("."));
    return to;
  }

  /**
   * Puts a file's contents, or a folder's names, on stable storage.
   *
   * <p>An interruption waits until it is done: half of a step would be left for nobody.
   */
  public static void sync(Path path) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        // For reading: a folder and a file without write permission cannot be opened otherwise.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
