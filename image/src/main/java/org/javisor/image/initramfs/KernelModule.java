package org.javisor.image.initramfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A loadable kernel module: what it says about itself, and a form of it that loads quickly.
 *
 * <p>Debian's RISC-V modules carry symbol tables of which nine tenths are labels no relocation
 * uses, type information and a signature. Loading ext4 as it is shipped costs a guest a thousand
 * million instructions, twice as much as everything else up to the first program; without that
 * ballast thirty million.
 */
public final class KernelModule {
  private final ElfRelocatable elf;

  private KernelModule(ElfRelocatable elf) {
    this.elf = elf;
  }

  /**
   * Reads an uncompressed module.
   *
   * @throws IOException if it is no relocatable 64-bit little-endian ELF file
   */
  public static KernelModule parse(byte[] file) throws IOException {
    return new KernelModule(ElfRelocatable.parse(file));
  }

  /** The values of a key in the module's information section, such as {@code alias}. */
  public List<String> information(String key) throws IOException {
    ElfRelocatable.Section section = elf.section(".modinfo");
    List<String> values = new ArrayList<>();
    if (section != null) {
      String all = new String(elf.content(section), StandardCharsets.UTF_8);
      for (String item : all.split("\0", -1)) {
        if (item.startsWith(key + "=")) {
          values.add(item.substring(key.length() + 1));
        }
      }
    }
    return values;
  }

  /** The names of the modules that must be loaded before this one. */
  public List<String> dependencies() throws IOException {
    List<String> names = new ArrayList<>();
    for (String list : information("depends")) {
      Arrays.stream(list.split(",", -1)).filter(n -> !n.isBlank()).forEach(names::add);
    }
    return names;
  }

  /** The names of the functions and variables it offers to other modules. */
  public List<String> exportedSymbols() throws IOException {
    List<String> names = new ArrayList<>();
    for (String symbol : elf.definedNames("__ksymtab_")) {
      names.add(symbol.substring("__ksymtab_".length()));
    }
    return names;
  }

  /**
   * The same module without what loading it does not need: unused local symbols, type information,
   * comments and the appended signature, which covers bytes that are gone. The kernel notes in its
   * taint flags that the module is not signed.
   */
  public byte[] slim() throws IOException {
    return elf.withoutBallast();
  }

  /** A little-endian view of a file. */
  static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
