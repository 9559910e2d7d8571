package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The first sector of an overlay, little-endian:
 *
 * <pre>
 *   0  8  magic "JVSOVRLY"
 *   8  4  version of the format, 1
 *  12  4  cluster size as a power of two, 16
 *  16  8  size of the disk in bytes
 *  24  8  size of the base in bytes
 *  32  4  clusters of the directory, which begins at cluster 1
 *  36  4  length of the base's identity in bytes
 *  40     identity of the base, UTF-8
 * 508  4  CRC-32C of what is before
 * </pre>
 *
 * @param size of the disk, in bytes
 * @param baseSize of the base, in bytes
 * @param baseIdentity what tells the base from every other; at most 400 bytes
 * @param directoryClusters room for the directory of leaves
 */
record OverlayHeader(long size, long baseSize, String baseIdentity, int directoryClusters) {

  static final int BYTES = 512;
  private static final byte[] MAGIC = "JVSOVRLY".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int IDENTITY = 40;
  private static final int LONGEST_IDENTITY = 400;
  private static final int CHECKSUM = 508;

  ByteBuffer encode() {
    byte[] identity = baseIdentity.getBytes(StandardCharsets.UTF_8);
    if (identity.length > LONGEST_IDENTITY) {
      throw new IllegalArgumentException("base identity is too long: " + baseIdentity);
    }
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(0, MAGIC);
    out.putInt(8, VERSION);
    out.putInt(12, ClusterMap.CLUSTER_BITS);
    out.putLong(16, size);
    out.putLong(24, baseSize);
    out.putInt(32, directoryClusters);
    out.putInt(36, identity.length);
    out.put(IDENTITY, identity);
    out.putInt(CHECKSUM, checksum(out));
    return out;
  }

  static OverlayHeader decode(ByteBuffer sector, String file) throws IOException {
    ByteBuffer in = sector.order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    in.get(0, magic);
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw new IOException(file + " is not an overlay");
    }
    if (in.getInt(8) != VERSION || in.getInt(12) != ClusterMap.CLUSTER_BITS) {
      throw new IOException(
          "%s is an overlay of version %d, which is not known here".formatted(file, in.getInt(8)));
    }
    int length = in.getInt(36);
    if (in.getInt(CHECKSUM) != checksum(in) || length < 0 || length > LONGEST_IDENTITY) {
      throw new IOException("the header of overlay " + file + " is damaged");
    }
    byte[] identity = new byte[length];
    in.get(IDENTITY, identity);
    OverlayHeader header =
        new OverlayHeader(
            in.getLong(16),
            in.getLong(24),
            new String(identity, StandardCharsets.UTF_8),
            in.getInt(32));
    if (header.size <= 0
        || header.size % BlockDevice.SECTOR != 0
        || header.directoryClusters <= 0
        || header.directoryClusters > ClusterMap.MOST_DIRECTORY_CLUSTERS
        || header.size > ClusterMap.capacity(header.directoryClusters)) {
      throw new IOException("the header of overlay " + file + " is damaged");
    }
    return header;
  }

  private static int checksum(ByteBuffer sector) {
    CRC32C crc = new CRC32C();
    crc.update(sector.slice(0, CHECKSUM));
    return (int) crc.getValue();
  }
}
