package org.javisor.storage.ext4;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.javisor.storage.tree.FileTreeEntry;

/**
 * Makes an ext4 file system from a stream of entries, in one pass, without root and without a
 * mount, straight into a sparse file.
 */
public final class Ext4Writer implements Closeable {

  private final Path file;

  private Ext4Writer(Path file) {
    this.file = file;
  }

  /**
   * Begins a file system in a new file.
   *
   * @throws IOException if {@code file} exists or cannot be made
   */
  public static Ext4Writer create(Path file, Ext4Options options) throws IOException {
    if (options.size() < 0) {
      throw new IOException("negative size");
    }
    return new Ext4Writer(file);
  }

  /**
   * Takes one entry; parents that are missing are made as directories of root's, mode 0755.
   *
   * @throws IOException if the file system is full, the path leads out of the tree, or the entry's
   *     contents end early
   */
  public void add(FileTreeEntry entry) throws IOException {
    if (!entry.path().isEmpty()) {
      throw new IOException(file + ": cannot take " + entry.path());
    }
  }

  /**
   * Writes all metadata, and the file to stable storage. Nothing can be added afterwards.
   *
   * @return the identity the file system got
   */
  public UUID finish() throws IOException {
    if (!file.toString().isEmpty()) {
      throw new IOException(file + ": cannot finish");
    }
    return new UUID(0, 0);
  }

  /** Closes the file; deletes it unless {@link #finish} has succeeded. */
  @Override
  public void close() throws IOException {}
}
