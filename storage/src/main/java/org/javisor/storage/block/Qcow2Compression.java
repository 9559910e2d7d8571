package org.javisor.storage.block;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Compressed clusters of a qcow2 image: where one lies in the file, and what it holds. The one that
 * was read last is kept, because guests read less than a cluster at a time.
 */
final class Qcow2Compression {
  /** What zstd may ask for memory, as a power of two; encoders that know a cluster need less. */
  private static final int LARGEST_WINDOW = 23;

  private static final int SECTOR = 512;

  private final Medium medium;
  private final int clusterBits;
  private final boolean zstd;
  private long keptEntry;
  private byte[] kept = {};

  Qcow2Compression(Medium medium, Qcow2Header header) {
    this.medium = medium;
    clusterBits = header.clusterBits();
    zstd = header.zstd();
  }

  /** Byte of the file where a compressed cluster begins. */
  long offset(long entry) {
    return entry & ((1L << offsetBits()) - 1);
  }

  /** Bytes of the file it may take: up to the end of its last sector. */
  int length(long entry) {
    long sectors = ((entry & ~(3L << 62)) >>> offsetBits()) + 1;
    return (int) (sectors * SECTOR - offset(entry) % SECTOR);
  }

  private int offsetBits() {
    return 62 - (clusterBits - 8);
  }

  /**
   * The contents of a compressed cluster.
   *
   * @throws IOException if it is damaged
   */
  synchronized byte[] read(long entry) throws IOException {
    if (keptEntry != entry) {
      byte[] compressed = new byte[length(entry)];
      medium.read(offset(entry), ByteBuffer.wrap(compressed));
      byte[] contents;
      try (InputStream in = decoder(compressed)) {
        contents = in.readNBytes(1 << clusterBits);
      }
      if (contents.length != 1 << clusterBits) {
        throw new IOException("a compressed cluster of a qcow2 image is too short");
      }
      kept = contents;
      keptEntry = entry;
    }
    return kept;
  }

  /** Forgets what was read: the place in the file may be used for something else now. */
  synchronized void forget() {
    keptEntry = 0;
    kept = new byte[0];
  }

  private InputStream decoder(byte[] compressed) throws IOException {
    InputStream in = new ByteArrayInputStream(compressed);
    return zstd
        ? new ZstdInputStream(in).setLongMax(LARGEST_WINDOW)
        : new RawInflater(in, compressed.length);
  }

  /** Deflated data without the header of zlib; frees the decoder's own memory when closed. */
  private static final class RawInflater extends InflaterInputStream {
    RawInflater(InputStream in, int buffer) {
      super(in, new Inflater(true), buffer);
    }

    @Override
    public void close() throws IOException {
      super.close();
      inf.end();
    }
  }
}
