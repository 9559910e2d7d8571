package org.javisor.riscv.oracle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a statically linked RISC-V executable that Linux, QEMU's user mode and objdump take: load
 * segments, and for each a section, so that tools can name and disassemble it.
 */
public final class ElfFile {
  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final int PAGE = 0x1000;

  private static final int EXECUTABLE = 2;
  private static final int MACHINE_RISCV = 243;
  private static final int FLAGS_COMPRESSED_DOUBLE = 5;
  private static final int LOAD = 1;
  private static final int SECTION_PROGRAM_BITS = 1;
  private static final int SECTION_STRINGS = 3;
  private static final int SECTION_NO_BITS = 8;
  private static final int SECTION_ATTRIBUTES = 0x7000_0003;

  private record Segment(String name, long address, byte[] content, long size, boolean isCode) {}

  private record Section(String name, int type, int flags, long address, long offset, long size) {}

  private final long entry;
  private final String architecture;
  private final List<Segment> segments = new ArrayList<>();

  /**
   * Starts a file.
   *
   * @param architecture the instruction set for the attributes section, such as {@code rv64i2p1}
   */
  public ElfFile(long entry, String architecture) {
    this.entry = entry;
    this.architecture = architecture;
  }

  /** Adds code, which may also write itself. Addresses are multiples of 4096. */
  public ElfFile code(long address, byte[] content) {
    segments.add(new Segment(".text", address, content, content.length, true));
    return this;
  }

  /** Adds writable data, zeros from the end of the content up to the size. */
  public ElfFile data(long address, byte[] content, long size) {
    segments.add(new Segment(".data", address, content, size, false));
    return this;
  }

  /** The file. */
  public byte[] bytes() {
    var body = new ByteArrayOutputStream();
    var sections = new ArrayList<Section>();
    sections.add(new Section("", 0, 0, 0, 0, 0));
    ByteBuffer programHeaders = buffer(segments.size() * PROGRAM_HEADER_BYTES);
    body.writeBytes(new byte[PAGE]);
    for (Segment segment : segments) {
      long offset = body.size();
      programHeader(programHeaders, segment, offset);
      int flags = segment.isCode ? 7 : 3;
      int type = segment.content.length == 0 ? SECTION_NO_BITS : SECTION_PROGRAM_BITS;
      sections.add(new Section(segment.name, type, flags, segment.address, offset, segment.size));
      body.writeBytes(segment.content);
      body.writeBytes(new byte[-segment.content.length & (PAGE - 1)]);
    }
    byte[] attributes = attributes();
    sections.add(
        new Section(".riscv.attributes", SECTION_ATTRIBUTES, 0, 0, body.size(), attributes.length));
    body.writeBytes(attributes);
    byte[] sectionHeaders = sectionHeaders(sections, body);
    ByteBuffer file = buffer(body.size() + sectionHeaders.length);
    file.put(body.toByteArray()).put(sectionHeaders);
    header(file.rewind(), body.size(), sections.size() + 1);
    file.position(HEADER_BYTES).put(programHeaders.array());
    return file.array();
  }

  private void header(ByteBuffer out, long sectionHeaders, int sections) {
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    out.putShort((short) EXECUTABLE).putShort((short) MACHINE_RISCV).putInt(1);
    out.putLong(entry).putLong(HEADER_BYTES).putLong(sectionHeaders);
    out.putInt(FLAGS_COMPRESSED_DOUBLE).putShort((short) HEADER_BYTES);
    out.putShort((short) PROGRAM_HEADER_BYTES).putShort((short) segments.size());
    out.putShort((short) SECTION_HEADER_BYTES).putShort((short) sections);
    out.putShort((short) (sections - 1));
  }

  private static void programHeader(ByteBuffer out, Segment segment, long offset) {
    out.putInt(LOAD).putInt(segment.isCode ? 7 : 6);
    out.putLong(offset).putLong(segment.address).putLong(segment.address);
    out.putLong(segment.content.length).putLong(segment.size).putLong(PAGE);
  }

  /** Appends the section names to the body; returns the headers that follow it. */
  private static byte[] sectionHeaders(List<Section> sections, ByteArrayOutputStream body) {
    ByteBuffer out = buffer((sections.size() + 1) * SECTION_HEADER_BYTES);
    var names = new ByteArrayOutputStream();
    for (Section section : sections) {
      sectionHeader(out, section, names.size());
      names.writeBytes((section.name + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    int own = names.size();
    names.writeBytes(".shstrtab\0".getBytes(StandardCharsets.US_ASCII));
    sectionHeader(out, new Section("", SECTION_STRINGS, 0, 0, body.size(), names.size()), own);
    body.writeBytes(names.toByteArray());
    body.writeBytes(new byte[-body.size() & 7]);
    return out.array();
  }

  private static void sectionHeader(ByteBuffer out, Section section, int name) {
    out.putInt(name).putInt(section.type).putLong(section.flags).putLong(section.address);
    out.putLong(section.offset).putLong(section.size).putInt(0).putInt(0);
    out.putLong(section.type == 0 ? 0 : 1).putLong(0);
  }

  /** Format version, one vendor's section with one file's sub-section: tag 5, architecture. */
  private byte[] attributes() {
    byte[] text = (architecture + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] vendor = "riscv\0".getBytes(StandardCharsets.US_ASCII);
    int file = 1 + 4 + 1 + text.length;
    ByteBuffer out = buffer(1 + 4 + vendor.length + file);
    out.put((byte) 'A').putInt(4 + vendor.length + file).put(vendor);
    out.put((byte) 1).putInt(file).put((byte) 5).put(text);
    return out.array();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
