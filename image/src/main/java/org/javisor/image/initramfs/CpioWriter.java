package org.javisor.image.initramfs;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes a cpio archive in the "newc" format, the one the Linux kernel unpacks into its initial RAM
 * disk (Documentation/driver-api/early-userspace/buffer-format.rst). Everything belongs to root and
 * carries the same time, so that equal input gives equal bytes.
 */
public final class CpioWriter implements Closeable {
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMBOLIC_LINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final String TRAILER = "TRAILER!!!";

  private final OutputStream out;
  private final Set<String> directories = new HashSet<>();
  private long written;
  private int inode;

  /** Begins an archive; closing it writes its end and closes the stream. */
  public CpioWriter(OutputStream out) {
    this.out = out;
  }

  /** Adds a directory, and those above it that are missing. */
  public void directory(String path, int permissions) throws IOException {
    if (!path.isEmpty() && directories.add(path)) {
      parents(path);
      entry(path, DIRECTORY | permissions, new byte[0], 0, 0);
    }
  }

  /** Adds a regular file. */
  public void file(String path, int permissions, byte[] content) throws IOException {
    parents(path);
    entry(path, REGULAR | permissions, content, 0, 0);
  }

  /** Adds a symbolic link. */
  public void symbolicLink(String path, String target) throws IOException {
    parents(path);
    entry(path, SYMBOLIC_LINK | 0777, target.getBytes(StandardCharsets.UTF_8), 0, 0);
  }

  /** Adds a character device. */
  public void characterDevice(String path, int permissions, int major, int minor)
      throws IOException {
    parents(path);
    entry(path, CHARACTER_DEVICE | permissions, new byte[0], major, minor);
  }

  /** The kernel makes no directories of its own accord. */
  private void parents(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      directory(path.substring(0, slash), 0755);
    }
  }

  private void entry(String path, int mode, byte[] content, int major, int minor)
      throws IOException {
    inode++;
    header(path, inode, mode, content.length, major, minor);
    put(content);
    pad();
  }

  private void header(String path, int number, int mode, int size, int major, int minor)
      throws IOException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    int links = (mode & DIRECTORY) != 0 && (mode & REGULAR) == 0 ? 2 : 1;
    int[] fields = {
      number, mode, 0, 0, links, 0, size, 0, 0, major, minor, name.length + 1, 0,
    };
    StringBuilder text = new StringBuilder("070701");
    for (int field : fields) {
      text.append("%08X".formatted(field));
    }
    put(text.toString().getBytes(StandardCharsets.US_ASCII));
    put(name);
    put(new byte[1]);
    pad();
  }

  private void put(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  private void pad() throws IOException {
    put(new byte[(int) (-written & 3)]);
  }

  /** Ends the archive and closes the stream. */
  @Override
  public void close() throws IOException {
    try (out) {
      header(TRAILER, 0, 0, 0, 0, 0);
    }
  }
}
