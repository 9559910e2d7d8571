package org.javisor.storage.ext4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.TreeMap;
import java.util.UUID;
import org.javisor.storage.store.Sha256;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;

/**
 * Derives a file system's identity from all that went into it, so that the same input gives the
 * same file system, bit for bit.
 */
final class Identity {

  private final MessageDigest digest = Sha256.newDigest();

  void add(Ext4Options options) {
    number(options.size());
    text(options.label());
    number(options.inodes());
  }

  void add(FileTreeEntry entry) {
    text(entry.getClass().getSimpleName());
    text(entry.path());
    switch (entry) {
      case FileTreeEntry.Regular file -> {
        add(file.metadata());
        number(file.size());
      }
      case FileTreeEntry.Directory directory -> add(directory.metadata());
      case FileTreeEntry.SymbolicLink link -> {
        add(link.metadata());
        text(link.target());
      }
      case FileTreeEntry.HardLink link -> text(link.existing());
      case FileTreeEntry.DeviceNode device -> {
        add(device.metadata());
        text(device.kind().name());
        number(device.major());
        number(device.minor());
      }
      case FileTreeEntry.Fifo fifo -> add(fifo.metadata());
    }
  }

  void add(byte[] content, int length) {
    digest.update(content, 0, length);
  }

  private void add(FileMetadata metadata) {
    number(metadata.userId());
    number(metadata.groupId());
    number(metadata.permissions());
    text(metadata.modified().toString());
    number(metadata.extendedAttributes().size());
    new TreeMap<>(metadata.extendedAttributes())
        .forEach(
            (name, value) -> {
              text(name);
              number(value.length);
              digest.update(value);
            });
  }

  private void number(long value) {
    digest.update(ByteBuffer.allocate(8).putLong(0, value));
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  /** The identity; nothing can be added afterwards. */
  UUID uuid() {
    return custom(digest.digest());
  }

  /** Another identity that depends only on {@code uuid} and what it is for. */
  static UUID derived(UUID uuid, String purpose) {
    MessageDigest digest = Sha256.newDigest();
    digest.update(Checksum.bytes(uuid));
    return custom(digest.digest(purpose.getBytes(StandardCharsets.UTF_8)));
  }

  /** A UUID of version 8, which RFC 9562 leaves to applications. */
  private static UUID custom(byte[] digest) {
    ByteBuffer in = ByteBuffer.wrap(digest);
    long high = (in.getLong() & ~0xf000L) | 0x8000L;
    long low = (in.getLong() & ~(0xc0L << 56)) | (0x80L << 56);
    return new UUID(high, low);
  }
}
