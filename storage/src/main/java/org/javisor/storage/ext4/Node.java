package org.javisor.storage.ext4;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry.DeviceKind;

/** A file in the making: everything of it but its number, which it gets at the end. */
abstract sealed class Node {

  /** Type bits of the mode, and the file's type in directory entries. */
  enum Type {
    REGULAR(0100000, 1),
    DIRECTORY(0040000, 2),
    CHARACTER_DEVICE(0020000, 3),
    BLOCK_DEVICE(0060000, 4),
    FIFO(0010000, 5),
    SYMBOLIC_LINK(0120000, 7);

    final int modeBits;
    final int directoryCode;

    Type(int modeBits, int directoryCode) {
      this.modeBits = modeBits;
      this.directoryCode = directoryCode;
    }
  }

  final Type type;
  FileMetadata metadata;

  /** Names this file has; a directory's is counted otherwise. */
  int links;

  /** Number in the file system; 0 before it is assigned. */
  int inode;

  /** Where the attributes that do not fit the inode lie; 0 for nowhere. */
  long attributeBlock;

  private Node(Type type, FileMetadata metadata) {
    this.type = type;
    this.metadata = metadata;
  }

  static final class Regular extends Node {
    final long size;
    final Extents extents;

    Regular(FileMetadata metadata, long size, Extents extents) {
      super(Type.REGULAR, metadata);
      this.size = size;
      this.extents = extents;
    }
  }

  static final class Directory extends Node {
    final Map<String, Node> children = new LinkedHashMap<>();

    /** The directory above; the root's is itself. */
    final Directory parent;

    Extents extents = Extents.NONE;
    boolean hashed;

    Directory(FileMetadata metadata, Directory parent) {
      super(Type.DIRECTORY, metadata);
      this.parent = parent;
    }

    @SuppressWarnings("this-escape") // only the reference is kept
    Directory(FileMetadata metadata) {
      super(Type.DIRECTORY, metadata);
      parent = this;
    }

    int subdirectories() {
      int count = 0;
      for (Node child : children.values()) {
        count += child instanceof Directory ? 1 : 0;
      }
      return count;
    }
  }

  static final class SymbolicLink extends Node {
    final String target;
    Extents extents = Extents.NONE;

    SymbolicLink(FileMetadata metadata, String target) {
      super(Type.SYMBOLIC_LINK, metadata);
      this.target = target;
    }

    byte[] targetBytes() {
      return target.getBytes(StandardCharsets.UTF_8);
    }
  }

  static final class Device extends Node {
    final int major;
    final int minor;

    Device(FileMetadata metadata, DeviceKind kind, int major, int minor) {
      super(kind == DeviceKind.BLOCK ? Type.BLOCK_DEVICE : Type.CHARACTER_DEVICE, metadata);
      this.major = major;
      this.minor = minor;
    }
  }

  static final class Fifo extends Node {
    Fifo(FileMetadata metadata) {
      super(Type.FIFO, metadata);
    }
  }
}
