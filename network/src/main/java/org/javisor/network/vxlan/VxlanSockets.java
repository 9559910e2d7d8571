package org.javisor.network.vxlan;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** The sockets of a host's tunnels: networks that name the same place share one. Thread-safe. */
public final class VxlanSockets {
  private final Map<InetSocketAddress, VxlanSocket> open = new HashMap<>();

  /** None yet. */
  public VxlanSockets() {}

  /**
   * The socket of a tunnel.
   *
   * @throws IOException if the host cannot listen there, or another network has the identifier
   */
  synchronized VxlanSocket join(TunnelConfiguration tunnel, VxlanSocket.Receiver receiver)
      throws IOException {
    InetSocketAddress wanted = tunnel.local();
    VxlanSocket socket = open.get(wanted);
    if (socket == null) {
      try {
        socket = new VxlanSocket(wanted);
      } catch (IOException e) {
        throw new IOException(
            "the host cannot listen at " + TunnelConfiguration.text(wanted) + ": " + e.getMessage(),
            e);
      }
      // Port 0 is any: its tunnels do not share one.
      open.put(socket.local(), socket);
    }
    if (!socket.register(tunnel.vni(), receiver)) {
      throw new IOException(
          "another network has a tunnel "
              + tunnel.vni()
              + " at "
              + TunnelConfiguration.text(wanted));
    }
    return socket;
  }

  /** Gives the socket back; the last one closes it. */
  synchronized void leave(VxlanSocket socket, int vni, VxlanSocket.Receiver receiver) {
    socket.unregister(vni, receiver);
    if (socket.isUnused()) {
      open.remove(socket.local(), socket);
      socket.close();
    }
  }
}
