package org.javisor.machine;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tagged values of {@link StateCodec}'s stream. */
final class StateValues {
  /** Deeper nesting than any record has: a bound against a hostile stream. */
  private static final int MAX_DEPTH = 16;

  /** Arrays are read in pieces of this size, so that a false length cannot claim memory. */
  private static final int PIECE = 1 << 16;

  private StateValues() {}

  static void write(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case SavedRecord v -> {
        out.writeByte('R');
        out.writeUTF(v.name());
        out.writeShort(v.version());
        out.writeShort(v.values().size());
        for (Map.Entry<String, Object> entry : v.values().entrySet()) {
          out.writeUTF(entry.getKey());
          write(out, entry.getValue());
        }
      }
      case List<?> v -> {
        out.writeByte('L');
        out.writeInt(v.size());
        for (Object element : v) {
          write(out, element);
        }
      }
      case Boolean v -> {
        out.writeByte('Z');
        out.writeBoolean(v);
      }
      case Byte v -> {
        out.writeByte('B');
        out.writeByte(v);
      }
      case Short v -> {
        out.writeByte('S');
        out.writeShort(v);
      }
      case Character v -> {
        out.writeByte('C');
        out.writeChar(v);
      }
      case Integer v -> {
        out.writeByte('I');
        out.writeInt(v);
      }
      case Long v -> {
        out.writeByte('J');
        out.writeLong(v);
      }
      case Float v -> {
        out.writeByte('F');
        out.writeFloat(v);
      }
      case Double v -> {
        out.writeByte('D');
        out.writeDouble(v);
      }
      case String v -> {
        out.writeByte('T');
        out.writeUTF(v);
      }
      case boolean[] v -> {
        byte[] bytes = new byte[v.length];
        for (int i = 0; i < v.length; i++) {
          bytes[i] = (byte) (v[i] ? 1 : 0);
        }
        writeArray(out, 'z', v.length, bytes);
      }
      case byte[] v -> writeArray(out, 'b', v.length, v);
      case short[] v -> {
        byte[] bytes = new byte[v.length * Short.BYTES];
        ByteBuffer.wrap(bytes).asShortBuffer().put(v);
        writeArray(out, 's', v.length, bytes);
      }
      case int[] v -> {
        byte[] bytes = new byte[v.length * Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().put(v);
        writeArray(out, 'i', v.length, bytes);
      }
      case long[] v -> {
        byte[] bytes = new byte[v.length * Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().put(v);
        writeArray(out, 'j', v.length, bytes);
      }
      default ->
          throw new SavedStateException(
              value.getClass().getName() + " cannot be part of a state record");
    }
  }

  private static void writeArray(DataOutputStream out, char tag, int length, byte[] bytes)
      throws IOException {
    out.writeByte(tag);
    out.writeInt(length);
    out.write(bytes);
  }

  static SavedRecord readRecord(DataInputStream in) throws IOException {
    if (read(in, 0) instanceof SavedRecord saved) {
      return saved;
    }
    throw new SavedStateException("saved state does not begin with a record");
  }

  private static Object read(DataInputStream in, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new SavedStateException("saved state is nested too deeply");
    }
    int tag = in.readUnsignedByte();
    return switch (tag) {
      case 'R' -> {
        String name = in.readUTF();
        int version = in.readUnsignedShort();
        int count = in.readUnsignedShort();
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
          values.put(in.readUTF(), read(in, depth + 1));
        }
        yield new SavedRecord(name, version, values);
      }
      case 'L' -> {
        int count = length(in);
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          list.add(read(in, depth + 1));
        }
        yield List.copyOf(list);
      }
      case 'Z' -> in.readBoolean();
      case 'B' -> in.readByte();
      case 'S' -> in.readShort();
      case 'C' -> in.readChar();
      case 'I' -> in.readInt();
      case 'J' -> in.readLong();
      case 'F' -> in.readFloat();
      case 'D' -> in.readDouble();
      case 'T' -> in.readUTF();
      case 'z' -> {
        byte[] bytes = bytes(in, 1);
        boolean[] values = new boolean[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
          values[i] = bytes[i] != 0;
        }
        yield values;
      }
      case 'b' -> bytes(in, 1);
      case 's' -> {
        byte[] bytes = bytes(in, Short.BYTES);
        short[] values = new short[bytes.length / Short.BYTES];
        ByteBuffer.wrap(bytes).asShortBuffer().get(values);
        yield values;
      }
      case 'i' -> {
        byte[] bytes = bytes(in, Integer.BYTES);
        int[] values = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(values);
        yield values;
      }
      case 'j' -> {
        byte[] bytes = bytes(in, Long.BYTES);
        long[] values = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(values);
        yield values;
      }
      default -> throw new SavedStateException("saved state has an unknown tag " + tag);
    };
  }

  private static int length(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new SavedStateException("saved state has a negative length");
    }
    return length;
  }

  private static byte[] bytes(DataInputStream in, int elementSize) throws IOException {
    int length = length(in);
    if (length > Integer.MAX_VALUE / elementSize - PIECE) {
      throw new SavedStateException("saved state has an array of " + length + " elements");
    }
    int size = length * elementSize;
    ByteArrayOutputStream result = new ByteArrayOutputStream(Math.min(size, PIECE));
    while (result.size() < size) {
      byte[] piece = in.readNBytes(Math.min(PIECE, size - result.size()));
      if (piece.length == 0) {
        throw new EOFException("saved state ends inside an array");
      }
      result.write(piece);
    }
    return result.toByteArray();
  }
}
