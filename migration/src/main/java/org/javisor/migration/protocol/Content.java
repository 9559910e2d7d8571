package org.javisor.migration.protocol;

import java.nio.ByteBuffer;

/**
 * A piece of the machine.
 *
 * @param kind what of it
 * @param bytes valid until the next frame is received
 */
public record Content(Kind kind, ByteBuffer bytes) implements Frame {
  /** Bytes that a frame has at most. */
  public static final int LONGEST = (1 << 20) + (1 << 16);

  /** What a piece is of. */
  public enum Kind {
    /** Of memory: for each page its number and encoding (4 bytes), and the page unless zero. */
    PAGES(64),
    /** Of a disk: its number, and for each block its number and encoding, and the block. */
    BLOCKS(65),
    /** Of a file: the next bytes. */
    FILE(66);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
