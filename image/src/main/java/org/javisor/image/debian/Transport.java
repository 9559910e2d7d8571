package org.javisor.image.debian;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** How files of an archive come here: over HTTP or from a folder. */
interface Transport {

  /**
   * A file on its way.
   *
   * @param body its bytes from {@code offset} on
   * @param offset where the body begins; a server may begin at 0 although more was asked for
   * @param length the length of the whole file in bytes, or -1 if it is not known
   */
  record Transfer(InputStream body, long offset, long length) implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /** The place does not have the file; trying again will not help. */
  final class Absent extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Absent(String message) {
      super(message);
    }
  }

  /**
   * Begins to fetch a file.
   *
   * @param offset how many bytes at its start are not needed any more
   * @throws Absent if the file is not there
   * @throws IOException if it cannot be fetched just now
   */
  Transfer open(URI file, long offset) throws IOException, InterruptedException;
}
