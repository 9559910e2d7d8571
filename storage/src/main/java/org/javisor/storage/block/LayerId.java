package org.javisor.storage.block;

import java.util.UUID;

/**
 * The name of a layer, the same in every disk that stands on it.
 *
 * @param hex 32 lower-case hexadecimal digits
 */
record LayerId(String hex) {

  LayerId {
    if (hex.length() != 32
        || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("not a layer: " + hex);
    }
  }

  static LayerId random() {
    return new LayerId(UUID.randomUUID().toString().replace("-", ""));
  }

  @Override
  public String toString() {
    return hex;
  }
}
