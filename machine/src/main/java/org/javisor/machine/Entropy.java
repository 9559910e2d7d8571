package org.javisor.machine;

import java.security.SecureRandom;

/** The source of the guest's randomness. */
@FunctionalInterface
public interface Entropy {
  /** The next {@code count} random bytes, in an array of the caller's own. */
  byte[] bytes(int count);

  /** Cryptographically strong randomness of the host. */
  static Entropy secure() {
    SecureRandom random = new SecureRandom();
    return count -> {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    };
  }
}
