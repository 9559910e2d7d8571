package org.javisor.image.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A package made by a test: an ar archive of two compressed tar archives. */
final class TestDeb {
  private final ByteArrayOutputStream control = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final TarArchiveOutputStream controlTar = tar(control);
  private final TarArchiveOutputStream dataTar = tar(data);

  /** A package with these control fields, each line ended by a newline. */
  TestDeb(String fields) throws IOException {
    file(controlTar, "./control", fields.getBytes(StandardCharsets.UTF_8), 0644);
    entry("./", TarConstants.LF_DIR, "");
  }

  private static TarArchiveOutputStream tar(OutputStream out) {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    return tar;
  }

  private static void file(TarArchiveOutputStream tar, String path, byte[] content, int mode)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, true);
    entry.setSize(content.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** Adds a file to the control information. */
  TestDeb control(String name, String content) throws IOException {
    file(controlTar, "./" + name, content.getBytes(StandardCharsets.UTF_8), 0755);
    return this;
  }

  /** Adds a file to the tree. */
  TestDeb file(String path, String content) throws IOException {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file to the tree. */
  TestDeb file(String path, byte[] content) throws IOException {
    file(dataTar, path, content, 0644);
    return this;
  }

  /** Adds an entry of any kind to the tree. */
  TestDeb entry(String path, byte kind, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, kind, true);
    if (!target.isEmpty()) {
      entry.setLinkName(target);
    }
    dataTar.putArchiveEntry(entry);
    dataTar.closeArchiveEntry();
    return this;
  }

  /** The package, its tree compressed with xz, its control information with gzip. */
  byte[] bytes() throws IOException {
    controlTar.finish();
    dataTar.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    member(out, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
    member(out, "control.tar.gz", gzip(control.toByteArray()));
    member(out, "data.tar.xz", xz(data.toByteArray()));
    return out.toByteArray();
  }

  private static void member(ByteArrayOutputStream out, String name, byte[] content) {
    String header =
        "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(name, 0, 0, 0, "100644", content.length);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(content);
    if (content.length % 2 != 0) {
      out.write('\n');
    }
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  /** The content compressed with xz. */
  static byte[] xz(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(0))) {
      xz.write(content);
    }
    return out.toByteArray();
  }
}
