package org.javisor.storage.block;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A disk: a fixed number of bytes that are read and written by position.
 *
 * <p>All methods may be called from several threads at once. Concurrent requests that overlap may
 * take effect in either order. What a write stored is certain to survive a crash only once a {@link
 * #flush} that began after the write had returned has itself returned.
 *
 * <p>A request that reaches outside the disk throws {@link IndexOutOfBoundsException} and has no
 * effect; whoever serves an untrusted guest checks first. A failure of the host (its disk is full,
 * a medium error) throws {@link IOException}; nothing that was flushed is lost by it.
 */
public interface BlockDevice extends Closeable {

  /** The unit of a disk's size, in bytes. */
  int SECTOR = 512;

  /** Length of the disk in bytes, a multiple of {@link #SECTOR}. */
  long size();

  /** True if {@link #write}, {@link #discard} and {@link #writeZeroes} throw. */
  boolean readOnly();

  /**
   * The first byte from {@code offset} on that may be other than zero, as far as that is known
   * without reading; {@link Long#MAX_VALUE} if there is none. For those who copy a disk.
   */
  default long nextContents(long offset) throws IOException {
    return offset < size() ? offset : Long.MAX_VALUE;
  }

  /** Fills what remains of {@code destination} from the disk at byte {@code offset}. */
  void read(long offset, ByteBuffer destination) throws IOException;

  /** Stores what remains of {@code source} on the disk at byte {@code offset}. */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Returns once every write that returned before the call is on stable storage. */
  void flush() throws IOException;

  /**
   * Says that the contents of a range no longer matter. Each byte of it then reads as zero or as
   * before; the host gets space back where it can.
   */
  void discard(long offset, long length) throws IOException;

  /** Makes a range read as zeroes, without using space for it where that can be avoided. */
  void writeZeroes(long offset, long length) throws IOException;
}
