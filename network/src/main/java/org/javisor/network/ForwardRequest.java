package org.javisor.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A port of the host that is to lead to a port of a machine.
 *
 * @param protocol of both
 * @param local where the host listens; port 0 is for any that is free
 * @param machine its name
 * @param port the machine's, 1 to 65535
 */
public record ForwardRequest(Protocol protocol, InetSocketAddress local, String machine, int port) {
  /** What can be forwarded. */
  public enum Protocol {
    /** Connections. */
    TCP,
    /** Datagrams. */
    UDP
  }

  /** Checks the port. */
  public ForwardRequest {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /** Connections to a port of 127.0.0.1, which nobody but this host reaches. */
  public static ForwardRequest tcp(int localPort, String machine, int port) {
    return new ForwardRequest(
        Protocol.TCP,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), localPort),
        machine,
        port);
  }
}
