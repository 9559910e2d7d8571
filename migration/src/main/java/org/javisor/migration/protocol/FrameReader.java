package org.javisor.migration.protocol;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateCodec;

/** Reads frames, as {@link FrameWriter} writes them, from whoever may have written them. */
public final class FrameReader {
  /** A machine's devices have some hundred KiB of state. */
  private static final int LONGEST_MESSAGE = 64 << 20;

  private static final int BUFFER = 1 << 16;

  private final DataInputStream in;
  private final byte[] content = new byte[Content.LONGEST];

  /** A reader of this stream, which stays the caller's. */
  public FrameReader(InputStream in) {
    this.in = new DataInputStream(new BufferedInputStream(in, BUFFER));
  }

  /**
   * Reads the next frame. Content is in a buffer that the next one is read into.
   *
   * @throws ProtocolException if it is damaged or of no kind that this version knows
   * @throws IOException if there is none
   */
  public Frame receive() throws IOException {
    int kind = in.readUnsignedByte();
    int length = in.readInt();
    int sum = in.readInt();
    for (Content.Kind one : Content.Kind.values()) {
      if (one.code() == kind) {
        return content(one, length, sum);
      }
    }
    if (kind < 1 || kind > FrameKinds.MESSAGES.size()) {
      throw new ProtocolException("a frame of the unknown kind " + kind);
    }
    if (length < 0 || length > LONGEST_MESSAGE) {
      throw new ProtocolException("a message of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    check(bytes, length, sum);
    try {
      return StateCodec.read(new ByteArrayInputStream(bytes), FrameKinds.MESSAGES.get(kind - 1));
    } catch (SavedStateException e) {
      throw new ProtocolException(
          "the other host is of a version that does not fit: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new ProtocolException("a message that ends too early", e);
    }
  }

  private Content content(Content.Kind kind, int length, int sum) throws IOException {
    if (length < 0 || length > Content.LONGEST) {
      throw new ProtocolException("a piece of " + length + " bytes");
    }
    in.readFully(content, 0, length);
    check(content, length, sum);
    return new Content(kind, ByteBuffer.wrap(content, 0, length));
  }

  private static void check(byte[] bytes, int length, int expected) throws ProtocolException {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    if ((int) sum.getValue() != expected) {
      throw new ProtocolException("a frame was damaged on its way");
    }
  }
}
