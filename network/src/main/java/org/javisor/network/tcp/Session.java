package org.javisor.network.tcp;

/** What serves one connection; called by one thread at a time, and never blocks. */
public interface Session {
  /** What serves connections. */
  @FunctionalInterface
  interface Service {
    /**
     * Serves a connection from now on.
     *
     * @param client the IPv4 address of who has connected
     */
    Session connected(int client, Stream stream);
  }

  /**
   * Bytes it can take now; the client is told, and sends no more. It gets smaller only by bytes
   * that were received.
   */
  int room();

  /** Bytes in the order in which they were sent, at most {@link #room} of them. */
  void received(byte[] bytes);

  /** The client has got more of what was sent. */
  void sent();

  /** The client sends no more; it may wait for answers still. */
  void ended();

  /** Whether it is about to send: then the connection is not closed for being idle. */
  boolean busy();
}
