package org.javisor.network.forward;

import java.net.InetSocketAddress;

/** A port of the host that leads to a port of a machine, until it is closed. */
public interface Forward extends AutoCloseable {
  /** Where the host listens; the port is the one it got, if it was to choose. */
  InetSocketAddress local();

  /** Listens no more, and ends what goes through it. */
  @Override
  void close();
}
