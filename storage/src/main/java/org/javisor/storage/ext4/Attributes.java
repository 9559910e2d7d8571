package org.javisor.storage.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Extended attributes: in the rest of the inode if all of them fit, else all in one block of their
 * own (kernel documentation, "Extended Attributes").
 */
final class Attributes {

  private static final int MAGIC = 0xea020000;
  private static final int BLOCK_HEADER = 32;
  private static final int ENTRY_HEADER = 16;
  private static final int CHECKSUM_OFFSET = 16;

  /** Room for attributes behind the fields of an inode, its magic number included. */
  private static final int INODE_ROOM = Layout.INODE_SIZE - Inode.FIELDS_END;

  private record Prefix(String text, int index) {}

  /** Longest first: the access control lists are whole names. */
  private static final List<Prefix> PREFIXES =
      List.of(
          new Prefix("system.posix_acl_access", 2),
          new Prefix("system.posix_acl_default", 3),
          new Prefix("user.", 1),
          new Prefix("trusted.", 4),
          new Prefix("security.", 6),
          new Prefix("system.", 7));

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Attribute(int index, byte[] name, byte[] value) {
    int entrySize() {
      return ENTRY_HEADER + padded(name.length);
    }
  }

  private final List<Attribute> attributes = new ArrayList<>();

  Attributes(Map<String, byte[]> named) throws IOException {
    for (Map.Entry<String, byte[]> entry : named.entrySet()) {
      attributes.add(attribute(entry.getKey(), entry.getValue()));
    }
    attributes.sort(
        Comparator.comparingInt(Attribute::index)
            .thenComparingInt(a -> a.name().length)
            .thenComparing(Attribute::name, Arrays::compareUnsigned));
    if (BLOCK_HEADER + size() > Layout.BLOCK_SIZE) {
      throw new IOException("extended attributes of %d bytes are too large".formatted(size()));
    }
  }

  private static Attribute attribute(String name, byte[] value) throws IOException {
    for (Prefix prefix : PREFIXES) {
      if (name.startsWith(prefix.text())) {
        byte[] rest = name.substring(prefix.text().length()).getBytes(StandardCharsets.UTF_8);
        boolean list = prefix.index() == 2 || prefix.index() == 3;
        if (rest.length > 255 || list != (rest.length == 0)) {
          break;
        }
        return new Attribute(prefix.index(), rest, list ? AccessControlList.toDisk(value) : value);
      }
    }
    throw new IOException("extended attribute " + name + " has a name that ext4 cannot store");
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  private int size() {
    int sum = 4;
    for (Attribute attribute : attributes) {
      sum += attribute.entrySize() + padded(attribute.value().length);
    }
    return sum;
  }

  boolean fitInode() {
    return size() + 4 <= INODE_ROOM;
  }

  boolean needBlock() {
    return !attributes.isEmpty() && !fitInode();
  }

  /** Writes the attributes behind an inode's fields. */
  void putInto(byte[] inode) {
    if (attributes.isEmpty() || !fitInode()) {
      return;
    }
    ByteBuffer out = ByteBuffer.wrap(inode).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(Inode.FIELDS_END, MAGIC);
    int first = Inode.FIELDS_END + 4;
    putEntries(out, first, first, false);
  }

  /** The attributes as a block of its own. */
  byte[] block(long number, Checksum checksum) {
    byte[] block = new byte[Layout.BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, MAGIC);
    out.putInt(4, 1); // reference count
    out.putInt(8, 1); // blocks
    out.putInt(12, putEntries(out, BLOCK_HEADER, 0, true));
    out.putInt(CHECKSUM_OFFSET, checksum.ofNumbered(number, 8, block, 0, block.length));
    return block;
  }

  /** Entries go forward from {@code first}, values backward from the end; returns the hash. */
  private int putEntries(ByteBuffer out, int first, int valueBase, boolean hashed) {
    int at = first;
    int valueEnd = out.capacity();
    int blockHash = 0;
    for (Attribute attribute : attributes) {
      int length = attribute.value().length;
      valueEnd -= padded(length);
      out.put(at, (byte) attribute.name().length);
      out.put(at + 1, (byte) attribute.index());
      out.putShort(at + 2, (short) (length == 0 ? 0 : valueEnd - valueBase));
      out.putInt(at + 8, length);
      out.put(valueEnd, attribute.value());
      out.put(at + ENTRY_HEADER, attribute.name());
      if (hashed) {
        int hash = hash(out, attribute, valueEnd);
        out.putInt(at + 12, hash);
        blockHash = Integer.rotateLeft(blockHash, 16) ^ hash;
      }
      at += attribute.entrySize();
    }
    return blockHash;
  }

  private static int hash(ByteBuffer out, Attribute attribute, int valueAt) {
    int hash = 0;
    for (byte b : attribute.name()) {
      hash = Integer.rotateLeft(hash, 5) ^ (b & 0xff);
    }
    for (int i = 0; i < padded(attribute.value().length); i += 4) {
      hash = Integer.rotateLeft(hash, 16) ^ out.getInt(valueAt + i);
    }
    return hash;
  }
}
