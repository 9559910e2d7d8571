package org.javisor.image.initramfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A relocatable ELF-64 file: its sections, and a smaller file with the same meaning. */
final class ElfRelocatable {
  private static final int HEADER = 64;
  private static final int SECTION_HEADER = 64;
  private static final int SYMBOL = 24;
  private static final int RELOCATION = 24;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_RELA = 4;
  private static final int SHT_NOBITS = 8;
  private static final int ET_REL = 1;
  private static final int STB_LOCAL = 0;
  private static final int STT_SECTION = 3;
  private static final int SHN_LORESERVE = 0xff00;
  private static final Set<String> BALLAST = Set.of(".BTF", ".comment", ".note.GNU-stack");

  private final byte[] file;
  private final List<Section> sections;

  /** A section header; {@code index} is its place in the table. */
  record Section(
      int index,
      String name,
      int nameOffset,
      int type,
      long flags,
      long address,
      long offset,
      long size,
      int link,
      int info,
      long alignment,
      long entrySize) {}

  private ElfRelocatable(byte[] file, List<Section> sections) {
    this.file = file;
    this.sections = sections;
  }

  static ElfRelocatable parse(byte[] file) throws IOException {
    try {
      ByteBuffer view = KernelModule.view(file);
      if (view.getInt(0) != 0x464c457f || view.get(4) != 2 || view.get(5) != 1) {
        throw new IOException("not a 64-bit little-endian ELF file");
      }
      if (view.getShort(16) != ET_REL || view.getShort(58) != SECTION_HEADER) {
        throw new IOException("not a relocatable ELF file");
      }
      long table = view.getLong(40);
      int count = Short.toUnsignedInt(view.getShort(60));
      int names = Short.toUnsignedInt(view.getShort(62));
      long nameBase = view.getLong(Math.toIntExact(table) + names * SECTION_HEADER + 24);
      List<Section> sections = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int at = Math.toIntExact(table + (long) i * SECTION_HEADER);
        int nameOffset = view.getInt(at);
        sections.add(
            new Section(
                i,
                string(file, Math.toIntExact(nameBase + nameOffset)),
                nameOffset,
                view.getInt(at + 4),
                view.getLong(at + 8),
                view.getLong(at + 16),
                view.getLong(at + 24),
                view.getLong(at + 32),
                view.getInt(at + 40),
                view.getInt(at + 44),
                view.getLong(at + 48),
                view.getLong(at + 56)));
      }
      return new ElfRelocatable(file, sections);
    } catch (IndexOutOfBoundsException | BufferUnderflowException | ArithmeticException e) {
      throw new IOException("a damaged ELF file", e);
    }
  }

  private static String string(byte[] bytes, int from) {
    int end = from;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.US_ASCII);
  }

  @Nullable Section section(String name) {
    for (Section section : sections) {
      if (section.name.equals(name)) {
        return section;
      }
    }
    return null;
  }

  byte[] content(Section section) throws IOException {
    if (section.type == SHT_NOBITS) {
      return new byte[0];
    }
    long end = section.offset + section.size;
    if (section.offset < 0 || section.size < 0 || end > file.length) {
      throw new IOException("section " + section.name + " lies outside the file");
    }
    return Arrays.copyOfRange(file, (int) section.offset, (int) end);
  }

  /** The names of defined symbols that begin so, whatever their binding. */
  List<String> definedNames(String prefix) throws IOException {
    List<String> names = new ArrayList<>();
    byte[] wanted = prefix.getBytes(StandardCharsets.US_ASCII);
    try {
      for (Section section : sections) {
        if (section.type != SHT_SYMTAB) {
          continue;
        }
        byte[] strings = content(sections.get(section.link));
        ByteBuffer symbols = KernelModule.view(content(section));
        for (int at = 0; at + SYMBOL <= symbols.limit(); at += SYMBOL) {
          int name = symbols.getInt(at);
          if (symbols.getShort(at + 6) != 0
              && name + wanted.length <= strings.length
              && Arrays.equals(strings, name, name + wanted.length, wanted, 0, wanted.length)) {
            names.add(string(strings, name));
          }
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("a damaged ELF file", e);
    }
    return names;
  }

  byte[] withoutBallast() throws IOException {
    try {
      return new Slimming().result();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IOException("a damaged ELF file", e);
    }
  }

  /** One pass: which symbols stay, where they move, and every section that names them. */
  private final class Slimming {
    private final Section symbols;
    private final byte[] oldSymbols;
    private final int[] moved;
    private final int[] sectionMoved = new int[sections.size()];
    private int locals;

    Slimming() throws IOException {
      Section found = null;
      for (Section section : sections) {
        if (section.type == SHT_SYMTAB) {
          found = section;
        }
      }
      if (found == null) {
        throw new IOException("no symbol table");
      }
      symbols = found;
      oldSymbols = content(found);
      moved = new int[oldSymbols.length / SYMBOL];
      int next = 0;
      for (Section section : sections) {
        sectionMoved[section.index] = BALLAST.contains(section.name) ? 0 : next++;
      }
      chooseSymbols();
    }

    /** Globals stay, and locals that a relocation of a loaded section names. */
    private void chooseSymbols() throws IOException {
      boolean[] needed = new boolean[moved.length];
      for (Section section : sections) {
        if (section.type == SHT_RELA) {
          ByteBuffer relocations = KernelModule.view(content(section));
          for (int at = 0; at + RELOCATION <= relocations.limit(); at += RELOCATION) {
            needed[relocations.getInt(at + 12)] = true;
          }
        }
      }
      ByteBuffer view = KernelModule.view(oldSymbols);
      int next = 0;
      for (int i = 0; i < moved.length; i++) {
        int bind = (view.get(i * SYMBOL + 4) & 0xff) >>> 4;
        int type = view.get(i * SYMBOL + 4) & 0xf;
        int home = Short.toUnsignedInt(view.getShort(i * SYMBOL + 6));
        boolean ballast =
            home > 0 && home < SHN_LORESERVE && BALLAST.contains(sections.get(home).name);
        boolean stays =
            i == 0 || needed[i] || (bind != STB_LOCAL && !ballast) || named(view, i, type, home);
        moved[i] = stays && !(ballast && !needed[i]) ? next++ : -1;
        if (moved[i] >= 0 && bind == STB_LOCAL) {
          locals = next;
        }
      }
    }

    /** Functions and objects keep their names, for stack traces; labels have none worth keeping. */
    private boolean named(ByteBuffer view, int symbol, int type, int home) {
      if (type == 0 || type == STT_SECTION || type > 2 || home >= SHN_LORESERVE) {
        return false;
      }
      return view.getInt(symbol * SYMBOL) != 0;
    }

    byte[] result() throws IOException {
      Section strings = sections.get(symbols.link);
      ByteArrayOutputStream newStrings = new ByteArrayOutputStream();
      newStrings.write(0);
      byte[] newSymbols = newSymbols(content(strings), newStrings);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(Arrays.copyOf(file, HEADER));
      List<byte[]> headers = new ArrayList<>();
      for (Section section : sections) {
        if (BALLAST.contains(section.name)) {
          continue;
        }
        byte[] content = content(section);
        int info = section.info;
        if (section.equals(symbols)) {
          content = newSymbols;
          info = locals;
        } else if (section.equals(strings)) {
          content = newStrings.toByteArray();
        } else if (section.type == SHT_RELA) {
          renumber(content);
          info = sectionMoved[section.info];
        }
        long alignment = Math.max(1, Math.min(section.alignment, 4096));
        while (out.size() % alignment != 0) {
          out.write(0);
        }
        headers.add(header(section, out.size(), content.length, info));
        out.writeBytes(content);
      }
      while (out.size() % 8 != 0) {
        out.write(0);
      }
      long table = out.size();
      headers.forEach(out::writeBytes);
      byte[] result = out.toByteArray();
      ByteBuffer view = KernelModule.view(result);
      view.putLong(40, table);
      view.putShort(60, (short) headers.size());
      view.putShort(62, (short) sectionMoved[Short.toUnsignedInt(view.getShort(62))]);
      return result;
    }

    private byte[] newSymbols(byte[] strings, ByteArrayOutputStream newStrings) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteBuffer view = KernelModule.view(oldSymbols);
      for (int i = 0; i < moved.length; i++) {
        if (moved[i] < 0) {
          continue;
        }
        byte[] symbol = Arrays.copyOfRange(oldSymbols, i * SYMBOL, (i + 1) * SYMBOL);
        ByteBuffer entry = KernelModule.view(symbol);
        int bind = (symbol[4] & 0xff) >>> 4;
        int type = symbol[4] & 0xf;
        int home = Short.toUnsignedInt(view.getShort(i * SYMBOL + 6));
        // A label that only relocations use needs its place, not its name.
        boolean anonymous = bind == STB_LOCAL && type == 0;
        String name = anonymous ? "" : string(strings, entry.getInt(0));
        entry.putInt(0, name.isEmpty() ? 0 : newStrings.size());
        if (!name.isEmpty()) {
          newStrings.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
          newStrings.write(0);
        }
        if (home > 0 && home < SHN_LORESERVE) {
          entry.putShort(6, (short) sectionMoved[home]);
        }
        out.writeBytes(symbol);
      }
      return out.toByteArray();
    }

    private void renumber(byte[] relocations) {
      ByteBuffer view = KernelModule.view(relocations);
      for (int at = 0; at + RELOCATION <= relocations.length; at += RELOCATION) {
        view.putInt(at + 12, moved[view.getInt(at + 12)]);
      }
    }

    private byte[] header(Section section, long offset, long size, int info) {
      byte[] header = new byte[SECTION_HEADER];
      KernelModule.view(header)
          .putInt(section.nameOffset)
          .putInt(section.type)
          .putLong(section.flags)
          .putLong(section.address)
          .putLong(offset)
          .putLong(section.type == SHT_NOBITS ? section.size : size)
          .putInt(section.link == 0 ? 0 : sectionMoved[section.link])
          .putInt(info)
          .putLong(section.alignment)
          .putLong(section.entrySize);
      return header;
    }
  }
}
