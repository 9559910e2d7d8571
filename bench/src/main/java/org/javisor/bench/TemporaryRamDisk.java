package org.javisor.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.host.ProblemException;

/** An initial RAM disk in a file that is there for one benchmark only. */
record TemporaryRamDisk(Path file) implements AutoCloseable {
  /** Writes the archive, and may close the stream. */
  @FunctionalInterface
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes one.
   *
   * @throws ProblemException if it cannot be written; nothing is left then
   */
  static TemporaryRamDisk of(Content content) {
    try {
      Path file = Files.createTempFile("javisor-bench", ".cpio");
      file.toFile().deleteOnExit();
      TemporaryRamDisk disk = new TemporaryRamDisk(file);
      boolean complete = false;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        content.write(out);
        complete = true;
      } finally {
        if (!complete) {
          disk.close();
        }
      }
      return disk;
    } catch (IOException e) {
      throw ProblemException.failed("the initial RAM disk cannot be written: " + e, "", e);
    }
  }

  @Override
  public void close() {
    file.toFile().delete();
  }
}
