package org.javisor.host.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.javisor.storage.store.AllocatedSize;

/**
 * What the files of a folder take on the host. Who lists many instances asks for it again and
 * again: the folder is looked through once a second at most. Safe from any thread.
 */
final class FolderSize {
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Path folder;
  private volatile Known known = new Known(0, System.nanoTime() - 2 * FRESH);

  private record Known(long bytes, long at) {}

  FolderSize(Path folder) {
    this.folder = folder;
  }

  /** Bytes of all files in it, without what sparse ones leave out. */
  long bytes() {
    Known last = known;
    if (System.nanoTime() - last.at > FRESH) {
      last = new Known(count(), System.nanoTime());
      known = last;
    }
    return last.bytes;
  }

  private long count() {
    long sum = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file)) {
          sum += AllocatedSize.of(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      return sum; // Somebody deletes it just now.
    }
    return sum;
  }
}
