package org.javisor.image.debian;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The smallest relocatable ELF file that says of itself what a kernel module says. */
final class TestModule {
  private static final byte[] NAMES = bytes("\0.modinfo\0.symtab\0.strtab\0");

  private TestModule() {}

  /** A module that depends on others, given with commas between. */
  static byte[] dependingOn(String others) {
    byte[] information = bytes("license=GPL\0depends=" + others + "\0");
    int symbols = 64 + information.length + (-information.length & 7);
    int strings = symbols + 24;
    int names = strings + 1;
    int table = (names + NAMES.length + 7) & ~7;
    ByteBuffer out = ByteBuffer.allocate(table + 5 * 64).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    out.putShort(16, (short) 1).putShort(18, (short) 243).putInt(20, 1);
    out.putLong(40, table).putShort(52, (short) 64).putShort(58, (short) 64);
    out.putShort(60, (short) 5).putShort(62, (short) 4);
    out.put(64, information).put(names, NAMES);
    section(out, table + 64, 1, 1, 64, information.length, 0);
    section(out, table + 128, 10, 2, symbols, 24, 3);
    section(out, table + 192, 18, 3, strings, 1, 0);
    section(out, table + 256, 18, 3, names, NAMES.length, 0);
    return out.array();
  }

  private static void section(
      ByteBuffer out, int at, int name, int type, long offset, long size, int link) {
    out.putInt(at, name).putInt(at + 4, type).putLong(at + 24, offset).putLong(at + 32, size);
    out.putInt(at + 40, link).putLong(at + 48, 1).putLong(at + 56, type == 2 ? 24 : 0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
