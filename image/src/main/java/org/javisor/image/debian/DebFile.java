package org.javisor.image.debian;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.javisor.image.ImageException;
import org.javisor.storage.tree.FileTreeEntry;
import org.javisor.storage.tree.TarTree;
import org.jspecify.annotations.Nullable;

/**
 * A binary package (deb(5)): an ar archive of a version, control information and a file tree.
 *
 * <p>The tree is handed on entry by entry. Entries that lead out of it, and kinds of files policy
 * forbids in packages, are refused.
 */
public final class DebFile {
  private static final long CONTROL_LIMIT = 16 << 20;

  private final Path file;
  private final String name;

  /**
   * @param file the package's file; the caller has verified its digest
   * @param name what to call it in messages
   */
  public DebFile(Path file, String name) {
    this.file = file;
    this.name = name;
  }

  /** A file of the control information, with the mode it has there. */
  public static final class ControlFile {
    private final byte[] content;
    private final int permissions;

    private ControlFile(byte[] content, int permissions) {
      this.content = content;
      this.permissions = permissions;
    }

    /** Its bytes, a copy. */
    public byte[] content() {
      return content.clone();
    }

    /** Its content as text. */
    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }

    /** Its permission bits. */
    public int permissions() {
      return permissions;
    }
  }

  /**
   * The control information: {@code control}, {@code md5sums}, {@code conffiles}, maintainer
   * scripts and so on, by name.
   *
   * @throws ImageException.Malformed if it cannot be read
   */
  public SequencedMap<String, ControlFile> control() throws IOException {
    SequencedMap<String, ControlFile> files = new LinkedHashMap<>();
    try (Member member = openMember("control.tar")) {
      long[] room = {CONTROL_LIMIT};
      forEach(
          member.content(),
          entry -> {
            String path = TreePath.normalize(entry.path());
            if (entry instanceof FileTreeEntry.Regular regular) {
              room[0] -= regular.size();
              if (path.contains("/") || room[0] < 0) {
                throw malformed("its control information holds " + path, null);
              }
              ByteArrayOutputStream content = new ByteArrayOutputStream();
              regular.content().transferTo(content);
              files.put(
                  path, new ControlFile(content.toByteArray(), regular.metadata().permissions()));
            } else if (!path.isEmpty() || !(entry instanceof FileTreeEntry.Directory)) {
              throw malformed("its control information holds " + entry.path(), null);
            }
          });
    }
    if (!files.containsKey("control")) {
      throw malformed("it has no control file", null);
    }
    return files;
  }

  /**
   * Hands every entry of the file tree to the visitor: paths without leading slash or dot, the root
   * itself as the empty path.
   *
   * @throws ImageException.Malformed if the package cannot be read or an entry is refused
   */
  public void forEachEntry(TarTree.Visitor visitor) throws IOException {
    try (Member member = openMember("data.tar")) {
      forEach(member.content(), entry -> visitor.visit(checked(entry)));
    }
  }

  /**
   * Writes the same package with nothing in it compressed, after looking at every entry.
   *
   * @throws ImageException.Malformed if the package cannot be read or an entry is refused
   */
  public void writeUncompressed(Path target) throws IOException {
    forEachEntry(_ -> {});
    try (RandomAccessFile out = new RandomAccessFile(target.toFile(), "rw")) {
      out.setLength(0);
      out.write(("!<arch>\n" + header("debian-binary", 4) + "2.0\n").getBytes(US_ASCII));
      for (String member : List.of("control.tar", "data.tar")) {
        long start = out.getFilePointer();
        out.write(header(member, 0).getBytes(US_ASCII));
        long size = 0;
        try (Member content = openMember(member)) {
          byte[] buffer = new byte[1 << 16];
          InputStream in = content.content();
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            size += n;
          }
        }
        if ((size & 1) != 0) {
          out.write('\n');
        }
        long end = out.getFilePointer();
        out.seek(start);
        out.write(header(member, size).getBytes(US_ASCII));
        out.seek(end);
      }
    }
  }

  private static String header(String member, long size) {
    return "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(member, 0, 0, 0, "100644", size);
  }

  private FileTreeEntry checked(FileTreeEntry entry) throws IOException {
    String path = TreePath.normalize(entry.path());
    return switch (entry) {
      case FileTreeEntry.Directory d -> new FileTreeEntry.Directory(path, d.metadata());
      case FileTreeEntry.Regular r ->
          new FileTreeEntry.Regular(named(path), r.metadata(), r.size(), r.content());
      case FileTreeEntry.SymbolicLink l ->
          new FileTreeEntry.SymbolicLink(named(path), l.metadata(), l.target());
      case FileTreeEntry.HardLink h ->
          new FileTreeEntry.HardLink(named(path), named(TreePath.normalize(h.existing())));
      case FileTreeEntry.DeviceNode n -> throw new TreePath.Refused(n.path() + " is a device node");
      case FileTreeEntry.Fifo f -> throw new TreePath.Refused(f.path() + " is a named pipe");
    };
  }

  private static String named(String path) throws TreePath.Refused {
    if (path.isEmpty()) {
      throw new TreePath.Refused("the root is not a directory");
    }
    return path;
  }

  private interface Step {
    void take(FileTreeEntry entry) throws IOException;
  }

  private void forEach(InputStream tar, Step step) throws IOException {
    // What the caller does with an entry may fail for reasons of its own, a full disk for one.
    IOException[] callers = new IOException[1];
    try (TarArchiveInputStream entries = new TarArchiveInputStream(tar, "UTF-8")) {
      TarTree.forEach(
          entries,
          entry -> {
            try {
              step.take(entry);
            } catch (IOException e) {
              callers[0] = e;
              throw e;
            }
          });
      // Trailing bytes belong to the checksum of the compressed stream.
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      if (e.equals(callers[0]) && !(e instanceof TreePath.Refused) && !(e instanceof Damage)) {
        throw e;
      }
      throw malformed(String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()), e);
    }
  }

  private ImageException malformed(String why, @Nullable Throwable cause) {
    return new ImageException.Malformed("package " + name, why, cause);
  }

  private record Member(InputStream content) implements Closeable {
    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  /** Opens the first member whose name begins so, uncompressed. */
  private Member openMember(String prefix) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    boolean found = false;
    try {
      if (!"!<arch>\n".equals(ascii(in, 8))) {
        throw malformed("it is not an ar archive", null);
      }
      boolean first = true;
      while (true) {
        String header = ascii(in, 60);
        if (header.isEmpty()) {
          throw malformed("it has no " + prefix, null);
        }
        if (header.length() < 60 || !header.endsWith("`\n")) {
          throw malformed("a member's header is damaged", null);
        }
        String member = header.substring(0, 16).strip().replaceFirst("/$", "");
        long size = size(header.substring(48, 58).strip());
        if (first) {
          checkVersion(member, ascii(in, (int) Math.min(size, 64)));
          first = false;
        } else if (member.startsWith(prefix)) {
          InputStream content = new Guarded(Compression.ofName(member).open(new Bounded(in, size)));
          found = true;
          return new Member(content);
        } else {
          in.skipNBytes(size);
        }
        if ((size & 1) != 0) {
          in.skipNBytes(1);
        }
      }
    } catch (ImageException e) {
      throw e;
    } catch (EOFException e) {
      throw malformed("it is cut short", e);
    } catch (IOException e) {
      throw malformed(String.valueOf(e.getMessage()), e);
    } finally {
      if (!found) {
        in.close();
      }
    }
  }

  private void checkVersion(String member, String version) throws ImageException {
    if (!member.equals("debian-binary") || !version.startsWith("2.")) {
      throw malformed("it is not a package of format 2", null);
    }
  }

  private long size(String digits) throws ImageException {
    try {
      long size = Long.parseLong(digits);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same answer.
    }
    throw malformed("a member's size is damaged", null);
  }

  private static String ascii(InputStream in, int length) throws IOException {
    return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
  }

  /** The package's own bytes are at fault, whoever happens to read them. */
  private static final class Damage extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    Damage(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** A decompressor whose failures can be told from those of the one who writes its output. */
  private static final class Guarded extends FilterInputStream {
    Guarded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return in.read(target, offset, length);
      } catch (IOException e) {
        throw new Damage(e);
      }
    }

    @Override
    public long skip(long count) throws IOException {
      byte[] scratch = new byte[(int) Math.min(count, 1 << 13)];
      return Math.max(0, read(scratch, 0, scratch.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  /** A member's bytes; an end before its size is an error, not an end. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long size) {
      super(in);
      left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(target, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("it is cut short");
      }
      left -= count;
      return count;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(in.available(), left);
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
