package org.javisor.storage.fat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A disk with a FAT file system, FAT12 or FAT16 by its size, that holds some files in its root
 * directory: what small disks that tell a machine its configuration look like. The same contents
 * give the same bytes.
 *
 * <pre>
 * boot sector | FAT | FAT again | root directory | clusters
 * </pre>
 */
public final class FatImage {
  /** The most bytes that all files may have together. */
  public static final long MAXIMUM_BYTES = 64 << 20;

  private static final int SECTOR = 512;
  private static final int ENTRY = 32;
  private static final int FATS = 2;
  private static final int MEDIA = 0xf8;
  private static final int ARCHIVE = 0x20;
  private static final int VOLUME = 0x08;

  /** Fewer clusters are FAT12, as many or more FAT16: by definition, not by what the label says. */
  private static final int FAT16_FROM = 4085;

  /** Kept away from the borders, which some readers draw one off. */
  private static final int MARGIN = 16;

  private static final int SECTORS_PER_CLUSTER = 4;
  private static final int CLUSTER = SECTORS_PER_CLUSTER * SECTOR;
  private static final int LEAST_CLUSTERS = 256;

  private final String label;
  private final int serial;
  private final LocalDateTime time;
  private final FatNames names = new FatNames();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, byte[]> aliases = new LinkedHashMap<>();
  private long bytes;

  /**
   * An empty file system.
   *
   * @param label of the volume: 1 to 11 characters of upper-case ASCII
   * @param serial number of the volume
   * @param seconds since 1970, the time of all files; FAT knows 1980 to 2107
   */
  public FatImage(String label, int serial, long seconds) {
    if (!label.matches("[A-Z0-9_-]{1,11}")) {
      throw new IllegalArgumentException("not a label of a FAT volume: " + label);
    }
    this.label = label;
    this.serial = serial;
    LocalDateTime wanted = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    this.time =
        wanted.getYear() < 1980
            ? LocalDateTime.of(1980, 1, 1, 0, 0)
            : wanted.getYear() > 2107 ? LocalDateTime.of(2107, 12, 31, 0, 0) : wanted;
  }

  /**
   * Adds a file to the root directory.
   *
   * @throws IllegalArgumentException if the name is none for FAT, or taken, or there is no room
   */
  public FatImage add(String name, byte[] contents) {
    names.add(name);
    bytes += contents.length;
    if (bytes > MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "files of more than " + (MAXIMUM_BYTES >> 20) + " MiB on one FAT disk");
    }
    files.put(name, contents.clone());
    aliases.put(name, names.alias(name));
    return this;
  }

  /** Writes the disk to a file, in place of what was there. */
  public void write(Path file) throws IOException {
    Files.write(file, encode());
  }

  /** The whole disk. */
  public byte[] encode() {
    int clusters = MARGIN;
    int entries = 1;
    for (Map.Entry<String, byte[]> added : files.entrySet()) {
      clusters += Math.ceilDiv(added.getValue().length, CLUSTER);
      entries += 1 + FatNames.entries(added.getKey());
    }
    clusters = Math.max(clusters, LEAST_CLUSTERS);
    if (Math.abs(clusters - FAT16_FROM) < MARGIN) {
      clusters = FAT16_FROM + MARGIN;
    }
    boolean wide = clusters >= FAT16_FROM;
    int fatBytes = wide ? 2 * (clusters + 2) : Math.ceilDiv(3 * (clusters + 2), 2);
    int fatSectors = Math.ceilDiv(fatBytes, SECTOR);
    int rootEntries = Math.ceilDiv(Math.max(entries, 64), SECTOR / ENTRY) * (SECTOR / ENTRY);
    int rootAt = 1 + FATS * fatSectors;
    int dataAt = rootAt + rootEntries * ENTRY / SECTOR;
    int sectors = dataAt + clusters * SECTORS_PER_CLUSTER;
    ByteBuffer disk = ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    bootSector(disk, sectors, fatSectors, rootEntries, wide);
    Fat fat = new Fat(disk.slice(SECTOR, fatSectors * SECTOR), wide);
    ByteBuffer root =
        disk.slice(rootAt * SECTOR, rootEntries * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    entry(root, padded(label), VOLUME, 0, 0);
    int cluster = 2;
    for (Map.Entry<String, byte[]> added : files.entrySet()) {
      byte[] contents = added.getValue();
      int count = Math.ceilDiv(contents.length, CLUSTER);
      byte[] alias = Objects.requireNonNull(aliases.get(added.getKey()));
      FatNames.write(added.getKey(), alias, root);
      entry(root, alias, ARCHIVE, count == 0 ? 0 : cluster, contents.length);
      fat.chain(cluster, count);
      disk.put(dataAt * SECTOR + (cluster - 2) * CLUSTER, contents);
      cluster += count;
    }
    disk.put((1 + fatSectors) * SECTOR, disk, SECTOR, fatSectors * SECTOR);
    return disk.array();
  }

  private void bootSector(
      ByteBuffer out, int sectors, int fatSectors, int rootEntries, boolean wide) {
    out.put(0, new byte[] {(byte) 0xeb, 0x3c, (byte) 0x90});
    out.put(3, "JAVISOR ".getBytes(StandardCharsets.US_ASCII));
    out.putShort(11, (short) SECTOR);
    out.put(13, (byte) SECTORS_PER_CLUSTER);
    out.putShort(14, (short) 1);
    out.put(16, (byte) FATS);
    out.putShort(17, (short) rootEntries);
    out.putShort(19, (short) (sectors < 0x10000 ? sectors : 0));
    out.put(21, (byte) MEDIA);
    out.putShort(22, (short) fatSectors);
    // A geometry, which nobody uses any more but some look for.
    out.putShort(24, (short) 32);
    out.putShort(26, (short) 64);
    out.putInt(32, sectors < 0x10000 ? 0 : sectors);
    out.put(36, (byte) 0x80);
    out.put(38, (byte) 0x29);
    out.putInt(39, serial);
    out.put(43, padded(label));
    out.put(54, (wide ? "FAT16   " : "FAT12   ").getBytes(StandardCharsets.US_ASCII));
    out.putShort(510, (short) 0xaa55);
  }

  private static byte[] padded(String text) {
    return "%-11s".formatted(text).getBytes(StandardCharsets.US_ASCII);
  }

  private void entry(ByteBuffer root, byte[] name, int attributes, int cluster, int length) {
    int at = root.position();
    int clock = time.getHour() << 11 | time.getMinute() << 5 | time.getSecond() / 2;
    int date = (time.getYear() - 1980) << 9 | time.getMonthValue() << 5 | time.getDayOfMonth();
    root.put(at, name);
    root.put(at + 11, (byte) attributes);
    root.putShort(at + 14, (short) clock);
    root.putShort(at + 16, (short) date);
    root.putShort(at + 18, (short) date);
    root.putShort(at + 22, (short) clock);
    root.putShort(at + 24, (short) date);
    root.putShort(at + 26, (short) cluster);
    root.putInt(at + 28, length);
    root.position(at + ENTRY);
  }

  /** The table that says which cluster follows which: entries of 12 or 16 bits. */
  private static final class Fat {
    private static final int END = 0xffff;
    private final ByteBuffer table;
    private final boolean wide;

    Fat(ByteBuffer table, boolean wide) {
      this.table = table.order(ByteOrder.LITTLE_ENDIAN);
      this.wide = wide;
      set(0, 0xff00 | MEDIA);
      set(1, END);
    }

    void chain(int first, int count) {
      for (int i = 0; i < count; i++) {
        set(first + i, i == count - 1 ? END : first + i + 1);
      }
    }

    private void set(int cluster, int value) {
      if (wide) {
        table.putShort(2 * cluster, (short) value);
        return;
      }
      int at = cluster * 3 / 2;
      int odd = cluster & 1;
      int two = table.getShort(at) & 0xffff;
      int kept = odd == 0 ? two & 0xf000 : two & 0x000f;
      table.putShort(at, (short) (kept | (odd == 0 ? value & 0x0fff : (value & 0x0fff) << 4)));
    }
  }
}
