package org.javisor.migration.transfer;

/** How a page or block is written: the two lowest bits of its word, its number above them. */
final class Encoding {
  static final int ZERO = 0;
  static final int WHOLE = 1;
  static final int BITS = 2;
  static final int MASK = (1 << BITS) - 1;

  private Encoding() {}
}
