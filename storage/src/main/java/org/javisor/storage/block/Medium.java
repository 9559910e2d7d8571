package org.javisor.storage.block;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What back ends keep their bytes in: a file of the host's, or in tests one that forgets whatever a
 * crash could make a file forget. All methods may be called from several threads at once.
 */
interface Medium extends Closeable {

  /** Bytes up to the end of what was written. */
  long size() throws IOException;

  /** Fills what remains of {@code destination}; behind the end there are zeroes. */
  void read(long offset, ByteBuffer destination) throws IOException;

  /** Writes what remains of {@code source}, growing the medium as needed. */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Returns once all earlier writes are on stable storage. */
  void sync() throws IOException;

  /**
   * Gives a range's space back and makes it read as zeroes.
   *
   * @return false if that is not possible here; nothing has changed then
   */
  boolean punch(long offset, long length) throws IOException;
}
