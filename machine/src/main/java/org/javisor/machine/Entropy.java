package org.javisor.machine;

import java.security.SecureRandom;

/** The source of the guest's randomness. */
@FunctionalInterface
public interface Entropy {
  /** Fills part of an array with random bytes. */
  void fill(byte[] destination, int offset, int length);

  /** Cryptographically strong randomness of the host. */
  static Entropy secure() {
    SecureRandom random = new SecureRandom();
    return (destination, offset, length) -> {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      System.arraycopy(bytes, 0, destination, offset, length);
    };
  }
}
