package org.javisor.storage.ext4;

import java.util.Optional;
import java.util.UUID;

/**
 * How a file system is made.
 *
 * @param size length of the file system in bytes; at least 16 MiB, rounded down to whole blocks
 * @param label volume label, at most 16 bytes of UTF-8; empty for none
 * @param uuid identity of the file system; absent: derived from the entries, so that equal input
 *     gives equal output
 * @param inodes how many files must fit; 0 for one per 16 KiB of size
 * @param keepDirectoryLinks what a directory entry does whose path is a symbolic link to a
 *     directory: true leaves the link (packages on a merged /usr rely on it), false replaces the
 *     link
 */
public record Ext4Options(
    long size, String label, Optional<UUID> uuid, long inodes, boolean keepDirectoryLinks) {

  /** The smallest file system that is made: room for a journal and some files. */
  public static final long MINIMUM_SIZE = 16 << 20;

  /** The largest file system that is made, 4 TiB; it may still grow fourfold. */
  public static final long MAXIMUM_SIZE = 4L << 40;

  public Ext4Options {
    if (size < MINIMUM_SIZE || size > MAXIMUM_SIZE) {
      throw new IllegalArgumentException(
          "file system of %d bytes: it must have %d to %d"
              .formatted(size, MINIMUM_SIZE, MAXIMUM_SIZE));
    }
    if (label.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 16) {
      throw new IllegalArgumentException("label " + label + " is longer than 16 bytes");
    }
    if (inodes < 0 || inodes > 0xffff_ffffL) {
      throw new IllegalArgumentException(inodes + " inodes");
    }
  }

  /** A file system of {@code size} bytes with everything else by default. */
  public static Ext4Options ofSize(long size) {
    return new Ext4Options(size, "", Optional.empty(), 0, true);
  }

  public Ext4Options withLabel(String newLabel) {
    return new Ext4Options(size, newLabel, uuid, inodes, keepDirectoryLinks);
  }

  public Ext4Options withUuid(UUID newUuid) {
    return new Ext4Options(size, label, Optional.of(newUuid), inodes, keepDirectoryLinks);
  }

  public Ext4Options withInodes(long newInodes) {
    return new Ext4Options(size, label, uuid, newInodes, keepDirectoryLinks);
  }

  public Ext4Options withKeepDirectoryLinks(boolean keep) {
    return new Ext4Options(size, label, uuid, inodes, keep);
  }
}
