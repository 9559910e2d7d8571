package org.javisor.host.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.host.JsonFile;
import org.javisor.storage.store.DurableRename;

/** A record whose content is on stable storage before it counts, so that little is left to do. */
final class PreparedFile {
  private final Path file;
  private final Path fresh;

  PreparedFile(Path file) {
    this.file = file;
    // What ends so is removed when a process opens the data folder after a crash.
    fresh = file.resolveSibling(file.getFileName() + ".prepared.new");
  }

  /** Writes it aside. */
  void prepare(Object value) throws IOException {
    JsonFile.write(fresh, value);
  }

  /** It counts from now on, on stable storage. */
  void commit() throws IOException {
    DurableRename.move(fresh, file);
  }

  /** Removes it, if it does not count. */
  void close() throws IOException {
    Files.deleteIfExists(fresh);
  }
}
