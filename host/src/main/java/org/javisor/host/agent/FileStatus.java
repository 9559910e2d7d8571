package org.javisor.host.agent;

import java.time.Instant;

/**
 * A file in the guest.
 *
 * @param name its name, without the folder
 * @param type what it is
 * @param mode its permission bits, 0 to 07777
 * @param uid its owner
 * @param gid its group
 * @param size bytes
 * @param modified when it was last written, to the second
 */
public record FileStatus(
    String name, Type type, int mode, int uid, int gid, long size, Instant modified) {
  /** What a file is. */
  public enum Type {
    REGULAR(0100000),
    DIRECTORY(0040000),
    SYMBOLIC_LINK(0120000),
    CHARACTER_DEVICE(0020000),
    BLOCK_DEVICE(0060000),
    PIPE(0010000),
    SOCKET(0140000);

    private static final int MASK = 0170000;

    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }

    /** The type in a mode as stat(2) has it; a regular file if it is none that Linux knows. */
    static Type of(int mode) {
      for (Type type : values()) {
        if (type.bits == (mode & MASK)) {
          return type;
        }
      }
      return REGULAR;
    }
  }
}
