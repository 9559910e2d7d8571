package org.javisor.storage.tree;

import java.io.InputStream;

/**
 * One file of a tree, as an archive lists it. A stream of entries describes a whole tree: a later
 * entry replaces an earlier one of the same path, and a hard link names a path that came before.
 *
 * <p>Paths are separated by slashes and relative to the root of the tree; a leading {@code /} or
 * {@code ./} means nothing, and the empty path or {@code .} is the root itself.
 */
public sealed interface FileTreeEntry {

  /** Where the entry lies in the tree. */
  String path();

  /**
   * A regular file.
   *
   * @param size length of the contents in bytes
   * @param content gives exactly {@code size} bytes; read once, while the entry is taken, and not
   *     closed by the taker
   */
  record Regular(String path, FileMetadata metadata, long size, InputStream content)
      implements FileTreeEntry {}

  /** A directory; replacing a directory by a directory keeps what is in it. */
  record Directory(String path, FileMetadata metadata) implements FileTreeEntry {}

  /** A symbolic link; {@code target} is stored as it is. */
  record SymbolicLink(String path, FileMetadata metadata, String target) implements FileTreeEntry {}

  /** Another name for the file at {@code existing}, which came earlier and is no directory. */
  record HardLink(String path, String existing) implements FileTreeEntry {}

  /** A character or block device. */
  record DeviceNode(String path, FileMetadata metadata, DeviceKind kind, int major, int minor)
      implements FileTreeEntry {}

  /** A named pipe. */
  record Fifo(String path, FileMetadata metadata) implements FileTreeEntry {}

  /** The two kinds of device nodes. */
  enum DeviceKind {
    CHARACTER,
    BLOCK
  }
}
