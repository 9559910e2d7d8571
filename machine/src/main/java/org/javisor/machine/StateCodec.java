package org.javisor.machine;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * Writes and reads {@link SavedState} records.
 *
 * <p>A stream is: the magic {@code JVST} and a format number (2 bytes), the record, and the CRC-32C
 * of all before it (4 bytes). A record is its name, version, number of components, and for each
 * component its name, a tag and the value; numbers are big-endian, strings in Java's modified
 * UTF-8. So a stream describes itself, and {@link #readRecord} needs no class.
 *
 * <p>What is read is checked: names, versions, types and lengths. A stream of another version of
 * the record is refused with both versions named.
 */
public final class StateCodec {
  private static final int MAGIC = 0x4a565354;
  private static final int FORMAT = 1;

  private StateCodec() {}

  /** Writes one record. The stream is not closed. */
  public static void write(OutputStream out, SavedState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeInt(MAGIC);
    data.writeShort(FORMAT);
    StateValues.write(data, StateRecords.toRecord(state));
    CRC32C sum = new CRC32C();
    sum.update(bytes.toByteArray());
    data.writeInt((int) sum.getValue());
    bytes.writeTo(out);
  }

  /**
   * Reads one record of class {@code type}.
   *
   * @throws SavedStateException if the stream is damaged or not of this class and version
   * @throws IOException if the stream cannot be read
   */
  public static <S extends SavedState> S read(InputStream in, Class<S> type) throws IOException {
    return StateRecords.fromRecord(readRecord(in), type);
  }

  /**
   * Reads one record without its class.
   *
   * @throws SavedStateException if the stream is damaged
   * @throws IOException if the stream cannot be read
   */
  public static SavedRecord readRecord(InputStream in) throws IOException {
    CRC32C sum = new CRC32C();
    DataInputStream data = new DataInputStream(new CheckedInputStream(in, sum));
    int magic = data.readInt();
    if (magic != MAGIC) {
      throw new SavedStateException("not saved state: magic 0x" + Integer.toHexString(magic));
    }
    int format = data.readUnsignedShort();
    if (format != FORMAT) {
      throw new SavedStateException(
          "saved state in format " + format + "; this version reads format " + FORMAT);
    }
    SavedRecord saved = StateValues.readRecord(data);
    int expected = (int) sum.getValue();
    if (new DataInputStream(in).readInt() != expected) {
      throw new SavedStateException(saved.name() + ": saved state is damaged (checksum)");
    }
    return saved;
  }
}
