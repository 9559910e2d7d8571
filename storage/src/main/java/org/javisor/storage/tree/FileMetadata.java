package org.javisor.storage.tree;

import java.time.Instant;
import java.util.Map;

/**
 * What a file has besides its contents.
 *
 * @param userId owner, 0 to 2^32-1
 * @param groupId group, 0 to 2^32-1
 * @param permissions the low twelve mode bits (07777): set-user-id, set-group-id, sticky, rwx; no
 *     file type bits
 * @param modified time of the last modification
 * @param extendedAttributes full name (for example {@code security.capability}) to value, in the
 *     form the system calls use (POSIX access control lists: version 2)
 */
public record FileMetadata(
    long userId,
    long groupId,
    int permissions,
    Instant modified,
    Map<String, byte[]> extendedAttributes) {

  /** Bits that {@link #permissions} may have. */
  public static final int PERMISSION_BITS = 07777;

  public FileMetadata {
    if (userId < 0 || userId > 0xffff_ffffL || groupId < 0 || groupId > 0xffff_ffffL) {
      throw new IllegalArgumentException("owner " + userId + ":" + groupId + " is out of range");
    }
    if ((permissions & ~PERMISSION_BITS) != 0) {
      throw new IllegalArgumentException(
          "permissions " + Integer.toOctalString(permissions) + " have bits beyond 07777");
    }
    extendedAttributes = Map.copyOf(extendedAttributes);
  }

  /** Metadata of a file of root's without extended attributes. */
  public static FileMetadata ofRoot(int permissions, Instant modified) {
    return new FileMetadata(0, 0, permissions, modified, Map.of());
  }
}
