package org.javisor.storage.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest, the name of a blob.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) implements Comparable<Sha256> {

  /** Length of a digest in bytes. */
  public static final int BYTES = 32;

  private static final String PREFIX = "sha256:";

  public Sha256 {
    if (hex.length() != 2 * BYTES
        || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("not a SHA-256 digest: " + hex);
    }
  }

  /** The digest in its binary form. */
  public static Sha256 of(byte[] digest) {
    return new Sha256(HexFormat.of().formatHex(digest));
  }

  /** Reads 64 hexadecimal digits with or without {@code sha256:} before them. */
  public static Sha256 parse(String text) {
    return new Sha256(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
  }

  /** A new computation of such a digest. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest of {@code contents}. */
  public static Sha256 digestOf(byte[] contents) {
    return of(newDigest().digest(contents));
  }

  /** The 32 bytes of the digest. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Sha256 other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
