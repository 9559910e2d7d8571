package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A disk whose bytes are a file's bytes. The file is sparse: what was never written costs nothing,
 * and on Linux what is discarded is given back to the host.
 *
 * <p>A writable disk is locked for this process; a second opening is refused, here and elsewhere.
 */
public final class RawFile implements BlockDevice {

  /** Holes smaller than this, or across its multiples, free nothing on the host. */
  private static final int HOST_BLOCK = 4096;

  private final Medium medium;
  private final long size;
  private final boolean readOnly;

  private RawFile(Medium medium, long size, boolean readOnly) {
    this.medium = medium;
    this.size = size;
    this.readOnly = readOnly;
  }

  /**
   * Opens an existing file. A last sector that the file does not fill ends in zeroes.
   *
   * @throws IOException if there is no such file, or it is in use and {@code readOnly} is false
   */
  public static RawFile open(Path file, boolean readOnly) throws IOException {
    HostFile medium = HostFile.open(file, !readOnly);
    try {
      return new RawFile(medium, Math.ceilDiv(medium.size(), SECTOR) * SECTOR, readOnly);
    } catch (IOException e) {
      medium.close();
      throw e;
    }
  }

  /**
   * Makes a disk of zeroes.
   *
   * @param size bytes, a multiple of 512
   * @throws IOException if the file exists already or cannot be made
   */
  public static RawFile create(Path file, long size) throws IOException {
    if (size <= 0 || size % SECTOR != 0) {
      throw new IllegalArgumentException("disk of " + size + " bytes");
    }
    HostFile medium = HostFile.create(file);
    try {
      medium.write(size - 1, ByteBuffer.allocate(1));
      return new RawFile(medium, size, false);
    } catch (IOException e) {
      medium.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, ByteBuffer destination) throws IOException {
    Objects.checkFromIndexSize(offset, destination.remaining(), size);
    medium.read(offset, destination);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    checkWrite(offset, source.remaining());
    medium.write(offset, source);
  }

  @Override
  public void flush() throws IOException {
    if (!readOnly) {
      medium.sync();
    }
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    checkWrite(offset, length);
    long from = Math.ceilDiv(offset, HOST_BLOCK) * HOST_BLOCK;
    long to = (offset + length) / HOST_BLOCK * HOST_BLOCK;
    if (from < to) {
      medium.punch(from, to - from);
    }
  }

  @Override
  public void writeZeroes(long offset, long length) throws IOException {
    checkWrite(offset, length);
    if (length > 0 && !medium.punch(offset, length)) {
      Zeroes.write(medium, offset, length);
    }
  }

  private void checkWrite(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size);
    if (readOnly) {
      throw new IOException("the disk is read-only");
    }
  }

  @Override
  public void close() throws IOException {
    medium.close();
  }
}
