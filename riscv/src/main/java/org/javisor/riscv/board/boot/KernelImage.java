package org.javisor.riscv.board.boot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A Linux kernel in the RISC-V boot image format (Linux, Documentation/arch/riscv/boot-image-header
 * and boot).
 *
 * @param file the raw image, its header included
 * @param textOffset bytes from a 2 MiB boundary to where it is to be loaded
 * @param memorySize bytes it takes in memory, its uninitialised data included
 */
public record KernelImage(BootFile file, long textOffset, long memorySize) {
  private static final int HEADER_BYTES = 64;
  private static final int TEXT_OFFSET = 8;
  private static final int IMAGE_SIZE = 16;
  private static final int FLAGS = 24;
  private static final int VERSION = 32;
  private static final int MAGIC = 48;
  private static final int MAGIC2 = 56;

  /** "RISCV" and "RSC\x05", little-endian. */
  private static final long MAGIC_VALUE = 0x56_4353_4952L;

  private static final int MAGIC2_VALUE = 0x0543_5352;

  /** Where the EFI "zboot" wrapper says "zimg" and names its compression. */
  private static final int ZBOOT_MAGIC = 4;

  private static final int ZBOOT_MAGIC_VALUE = 0x676d_697a;

  private static final int PE_HEADER_OFFSET = 60;
  private static final int PE_MAGIC = 0x4550;
  private static final int COFF_HEADER_BYTES = 24;
  private static final int SECTION_BYTES = 40;

  /** No kernel is larger, and no gzip file may unfold to more. */
  private static final long MAXIMUM_BYTES = 1L << 30;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Opens a kernel file; one compressed with gzip is decompressed into memory.
   *
   * @throws KernelImageException if it is not a kernel that can be booted
   */
  public static KernelImage open(Path path) throws IOException {
    return of(BootFile.map(path));
  }

  /**
   * Checks a kernel's header.
   *
   * @throws KernelImageException if it is not a kernel that can be booted
   */
  public static KernelImage of(BootFile file) {
    MemorySegment content = file.content();
    if (startsWith(content, 0x1f, 0x8b)) {
      return of(decompress(file));
    }
    if (content.byteSize() < HEADER_BYTES) {
      throw new KernelImageException(
          "%s: not a RISC-V Linux Image: %d bytes are too few for its header"
              .formatted(file.name(), content.byteSize()));
    }
    if (content.get(LONG, MAGIC) != MAGIC_VALUE || content.get(INT, MAGIC2) != MAGIC2_VALUE) {
      throw new KernelImageException(
          "%s: not a RISC-V Linux Image: bytes 48 to 59 are not its magic number; %s"
              .formatted(file.name(), guess(content)));
    }
    if ((content.get(LONG, FLAGS) & 1) != 0) {
      throw new KernelImageException(file.name() + ": a big-endian kernel");
    }
    int version = content.get(INT, VERSION);
    if (version >>> 16 != 0) {
      throw new KernelImageException(
          "%s: header version %d.%d is unknown; 0.x is known"
              .formatted(file.name(), version >>> 16, version & 0xffff));
    }
    long textOffset = content.get(LONG, TEXT_OFFSET);
    long imageSize = content.get(LONG, IMAGE_SIZE);
    if (textOffset < 0 || textOffset > MAXIMUM_BYTES || (textOffset & 0xfff) != 0) {
      throw new KernelImageException(
          "%s: text offset 0x%x is not acceptable".formatted(file.name(), textOffset));
    }
    if (imageSize < 0 || imageSize > MAXIMUM_BYTES || content.byteSize() > MAXIMUM_BYTES) {
      throw new KernelImageException(
          "%s: image size 0x%x is not acceptable".formatted(file.name(), imageSize));
    }
    long expected = portableExecutableBytes(content);
    if (expected > content.byteSize()) {
      throw new KernelImageException(
          "%s: truncated: %d of %d bytes".formatted(file.name(), content.byteSize(), expected));
    }
    return new KernelImage(file, textOffset, Math.max(imageSize, content.byteSize()));
  }

  /**
   * How many bytes the file has by its own account. An Image that EFI can start is a portable
   * executable as well, whose section table says where the last section ends in the file (PE
   * format, "COFF File Header" and "Section Table"); for others this is 0.
   */
  private static long portableExecutableBytes(MemorySegment content) {
    long header = content.get(INT, PE_HEADER_OFFSET) & 0xffff_ffffL;
    if (!startsWith(content, 'M', 'Z') || header > content.byteSize() - COFF_HEADER_BYTES) {
      return 0;
    }
    if (content.get(INT, header) != PE_MAGIC) {
      return 0;
    }
    int sections = content.get(INT, header + 4) >>> 16;
    int optional = content.get(INT, header + 20) & 0xffff;
    long section = header + COFF_HEADER_BYTES + optional;
    long end = 0;
    for (int i = 0; i < sections; i++, section += SECTION_BYTES) {
      if (section > content.byteSize() - SECTION_BYTES) {
        return section + SECTION_BYTES;
      }
      long size = content.get(INT, section + 16) & 0xffff_ffffL;
      long offset = content.get(INT, section + 20) & 0xffff_ffffL;
      end = Math.max(end, offset + size);
    }
    return end;
  }

  private static BootFile decompress(BootFile file) {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    byte[] compressed = file.content().toArray(ValueLayout.JAVA_BYTE);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      byte[] part = in.readNBytes(1 << 20);
      while (part.length > 0) {
        raw.write(part);
        if (raw.size() > MAXIMUM_BYTES) {
          throw new KernelImageException(file.name() + ": unfolds to more than 1 GiB");
        }
        part = in.readNBytes(1 << 20);
      }
    } catch (IOException e) {
      throw new KernelImageException(
          "%s: damaged gzip file: %s".formatted(file.name(), e.getMessage()), e);
    }
    byte[] content = raw.toByteArray();
    if (startsWith(MemorySegment.ofArray(content), 0x1f, 0x8b)) {
      throw new KernelImageException(file.name() + ": compressed with gzip twice");
    }
    return BootFile.of(file.name(), content);
  }

  /** What the file seems to be instead, with what to do about it. */
  private static String guess(MemorySegment content) {
    if (startsWith(content, 0x7f, 'E', 'L', 'F')) {
      return "it is an ELF file: give the Image made from it (objcopy -O binary)";
    }
    if (startsWith(content, 0xfd, '7', 'z', 'X', 'Z')) {
      return "it is compressed with xz: decompress it";
    }
    if (startsWith(content, 0x28, 0xb5, 0x2f, 0xfd)) {
      return "it is compressed with zstd: decompress it";
    }
    if (startsWith(content, 'M', 'Z') && content.get(INT, ZBOOT_MAGIC) == ZBOOT_MAGIC_VALUE) {
      return "it is an EFI zboot file: give the Image packed in it";
    }
    if (content.get(INT, MAGIC2) == 0x644d_5241) {
      return "it is a kernel for arm64";
    }
    if (content.byteSize() > 0x206 && content.get(INT, 0x202) == 0x5372_6448) {
      return "it is a kernel for x86";
    }
    return "it is something else";
  }

  private static boolean startsWith(MemorySegment content, int... bytes) {
    if (content.byteSize() < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((content.get(ValueLayout.JAVA_BYTE, i) & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
