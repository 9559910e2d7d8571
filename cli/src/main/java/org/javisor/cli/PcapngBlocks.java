package org.javisor.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Passes pcapng (draft-ietf-opsawg-pcapng, little-endian) on, a whole block at a time, so that what
 * has been passed on is a file at any moment; and ends after some number of frames.
 */
final class PcapngBlocks extends OutputStream {
  private static final int HEAD = 8;
  private static final int SMALLEST = 12;
  private static final int LARGEST = 1 << 20;
  private static final int ENHANCED_PACKET = 6;

  private final OutputStream target;
  private final long frames;
  private byte[] block = new byte[1 << 12];
  private int filled;
  private long passed;

  /** As many frames as were wanted have been passed on. */
  static final class Enough extends IOException {
    private static final long serialVersionUID = 1;

    Enough() {
      super("enough frames");
    }
  }

  PcapngBlocks(OutputStream target, long frames) {
    this.target = target;
    this.frames = frames;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int wanted = filled < HEAD ? HEAD : length();
      int count = Math.min(wanted - filled, length - done);
      System.arraycopy(bytes, offset + done, block, filled, count);
      filled += count;
      done += count;
      if (filled == HEAD) {
        checkLength();
      } else if (filled > HEAD && filled == length()) {
        pass();
      }
    }
  }

  private int length() {
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  private void checkLength() throws IOException {
    int length = length();
    if (length < SMALLEST || length > LARGEST) {
      throw new IOException("the host sent something else than pcapng");
    }
    if (length > block.length) {
      block = Arrays.copyOf(block, length);
    }
  }

  private void pass() throws IOException {
    target.write(block, 0, filled);
    filled = 0;
    if (ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == ENHANCED_PACKET) {
      passed++;
      if (passed == frames) {
        throw new Enough();
      }
    }
  }
}
