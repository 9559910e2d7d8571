package org.javisor.migration;

import java.io.IOException;
import java.io.OutputStream;

/** A file of a machine that arrives. */
public interface IncomingFile extends AutoCloseable {
  /** Where its content goes. */
  OutputStream content();

  /**
   * Keeps it.
   *
   * @throws IOException if it has not the digest that was expected, or cannot be kept
   */
  void keep() throws IOException;

  /** Ends it; what was not kept is gone. */
  @Override
  void close() throws IOException;
}
