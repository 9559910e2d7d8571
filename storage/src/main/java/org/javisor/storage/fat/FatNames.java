package org.javisor.storage.fat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Names of files as directory entries: the name itself in VFAT entries of 13 UTF-16 units each, and
 * before the file an alias of eight and three upper-case characters that no other file has.
 */
final class FatNames {
  private static final int ENTRY = 32;
  private static final int UNITS = 13;
  private static final int LONGEST = 255;
  private static final int LAST_ENTRY = 0x40;
  private static final int LONG_NAME = 0x0f;
  private static final int[] UNIT_OFFSETS = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  private static final String FORBIDDEN = "\"*/:<>?\\|";
  private static final String ALLOWED_IN_ALIAS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$%'-_@~`!(){}^#&";

  private final Set<String> names = new HashSet<>();
  private final Set<String> aliases = new HashSet<>();

  /** Directory entries that a name takes before the file's own. */
  static int entries(String name) {
    return Math.ceilDiv(name.length(), UNITS);
  }

  /**
   * Takes a name.
   *
   * @throws IllegalArgumentException if it is none for FAT, or there is a file of this name
   */
  void add(String name) {
    boolean wrong =
        name.isEmpty()
            || name.length() > LONGEST
            || name.endsWith(".")
            || name.endsWith(" ")
            || name.chars().anyMatch(c -> c < ' ' || FORBIDDEN.indexOf(c) >= 0);
    if (wrong) {
      throw new IllegalArgumentException("not a name on a FAT disk: '" + name + "'");
    }
    if (!names.add(name.toUpperCase(Locale.ROOT))) {
      throw new IllegalArgumentException("two files of the name " + name);
    }
  }

  /** An alias of eleven characters for a name, unique here. */
  byte[] alias(String name) {
    int dot = name.lastIndexOf('.');
    String stem = allowed(dot > 0 ? name.substring(0, dot) : name);
    String extension = allowed(dot > 0 ? name.substring(dot + 1) : "");
    extension = extension.substring(0, Math.min(3, extension.length()));
    for (int number = 1; ; number++) {
      String tail = "~" + number;
      String start = stem.substring(0, Math.min(8 - tail.length(), stem.length()));
      String alias = "%-8s%-3s".formatted(start + tail, extension);
      if (aliases.add(alias)) {
        return alias.getBytes(StandardCharsets.US_ASCII);
      }
    }
  }

  private static String allowed(String text) {
    StringBuilder kept = new StringBuilder();
    text.toUpperCase(Locale.ROOT)
        .chars()
        .filter(c -> c != '.' && c != ' ')
        .forEach(c -> kept.append(ALLOWED_IN_ALIAS.indexOf(c) >= 0 ? (char) c : '_'));
    return kept.toString();
  }

  /** Writes the entries of a name, which come before the one with its alias. */
  static void write(String name, byte[] alias, ByteBuffer directory) {
    int sum = 0;
    for (byte character : alias) {
      sum = (((sum & 1) << 7) + (sum >> 1) + (character & 0xff)) & 0xff;
    }
    int count = entries(name);
    for (int number = count; number >= 1; number--) {
      int at = directory.position();
      directory.put(at, (byte) (number == count ? number | LAST_ENTRY : number));
      directory.put(at + 11, (byte) LONG_NAME);
      directory.put(at + 13, (byte) sum);
      for (int i = 0; i < UNITS; i++) {
        int index = (number - 1) * UNITS + i;
        int unit = index < name.length() ? name.charAt(index) : index == name.length() ? 0 : 0xffff;
        directory.putShort(at + UNIT_OFFSETS[i], (short) unit);
      }
      directory.position(at + ENTRY);
    }
  }
}
