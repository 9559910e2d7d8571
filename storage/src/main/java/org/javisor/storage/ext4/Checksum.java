package org.javisor.storage.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of a file system's metadata (feature metadata_csum). Except for the super block's,
 * every checksum begins with the file system's UUID, so that metadata of another file system is
 * never taken for this one's. ext4 leaves out the final inversion.
 */
final class Checksum {

  private final byte[] identity;

  Checksum(UUID uuid) {
    identity = bytes(uuid);
  }

  static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  static int ofSuperBlock(byte[] superBlock, int length) {
    CRC32C crc = new CRC32C();
    crc.update(superBlock, 0, length);
    return ~(int) crc.getValue();
  }

  /** Something that belongs to no inode. */
  int of(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(identity);
    crc.update(bytes, 0, length);
    return ~(int) crc.getValue();
  }

  /** A group descriptor or an attribute block, which are bound to their number. */
  int ofNumbered(long number, int numberBytes, byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(identity);
    crc.update(littleEndian(number), 0, numberBytes);
    crc.update(bytes, offset, length);
    return ~(int) crc.getValue();
  }

  /** Something of an inode: inode number and generation (always 0 here) come before it. */
  int ofInode(int inode, byte[] bytes, int offset, int length) {
    return ofNumbered(inode & 0xffff_ffffL, 8, bytes, offset, length);
  }

  private static byte[] littleEndian(long number) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }
}
