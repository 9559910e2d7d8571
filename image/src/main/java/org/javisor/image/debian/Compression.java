package org.javisor.image.debian;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How members of packages and indices are compressed. */
enum Compression {
  NONE,
  GZIP,
  XZ,
  ZSTD;

  /** What bounds an xz decoder's memory: the largest preset needs 65 MiB. */
  private static final int XZ_LIMIT_KIB = 256 * 1024;

  /** The compression a file name's last suffix stands for. */
  static Compression ofName(String name) {
    if (name.endsWith(".xz")) {
      return XZ;
    }
    if (name.endsWith(".gz")) {
      return GZIP;
    }
    return name.endsWith(".zst") ? ZSTD : NONE;
  }

  /**
   * The uncompressed bytes.
   *
   * @throws IOException if the data does not begin as it must
   */
  InputStream open(InputStream compressed) throws IOException {
    return switch (this) {
      case NONE -> compressed;
      case GZIP -> new GZIPInputStream(compressed, 1 << 16);
      case XZ -> new XZInputStream(compressed, XZ_LIMIT_KIB);
      case ZSTD -> new ZstdInputStream(compressed);
    };
  }
}
