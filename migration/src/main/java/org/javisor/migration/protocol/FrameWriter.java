package org.javisor.migration.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.javisor.machine.StateCodec;

/**
 * Writes frames: a byte that says what it is, the length and the CRC32C of the rest as big-endian
 * 32-bit words, and the rest: content, or a message as {@link StateCodec} writes it.
 */
public final class FrameWriter {
  private final OutputStream out;
  private long written;

  /**
   * A writer to this stream, which stays the caller's. Frames are long: it is not to buffer them.
   */
  public FrameWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes a message. */
  public void write(Message message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StateCodec.write(bytes, message);
    int kind = 1 + FrameKinds.MESSAGES.indexOf(message.getClass());
    write(kind, bytes.toByteArray(), bytes.size());
  }

  /**
   * Writes content.
   *
   * @param bytes of which the first {@code length} are written, at most {@link Content#LONGEST}
   */
  public void write(Content.Kind kind, byte[] bytes, int length) throws IOException {
    write(kind.code(), bytes, length);
  }

  private void write(int kind, byte[] bytes, int length) throws IOException {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    ByteBuffer head = ByteBuffer.allocate(1 + 2 * Integer.BYTES);
    head.put((byte) kind).putInt(length).putInt((int) sum.getValue());
    out.write(head.array());
    out.write(bytes, 0, length);
    written += head.capacity() + length;
  }

  /** Bytes written so far. */
  public long written() {
    return written;
  }
}
