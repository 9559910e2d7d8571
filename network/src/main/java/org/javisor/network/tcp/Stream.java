package org.javisor.network.tcp;

/**
 * The way to the client of a connection, which never blocks. It is for the connection's {@link
 * Session} while that is called; at other times, from any thread, by {@link #perform}.
 */
public interface Stream {
  /** Does something while nobody else uses the connection or its session. */
  void perform(Runnable action);

  /** Sends bytes, which are kept until the client has them; nothing if the connection is over. */
  void send(byte[] bytes);

  /** Bytes that the client does not have yet. */
  int unsent();

  /** Ends the connection when the client has all that was sent. */
  void close();

  /** Ends the connection at once. */
  void abort();
}
