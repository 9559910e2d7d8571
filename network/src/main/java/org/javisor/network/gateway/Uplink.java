package org.javisor.network.gateway;

import org.javisor.network.packet.Ipv4Packet;
import org.javisor.virtio.net.Frame;

/** A way from a network to everywhere else. */
public interface Uplink {
  /**
   * Takes a packet that is for somewhere else, or drops it; never blocks.
   *
   * @param frame from a machine to the gateway
   * @param packet in the frame
   * @return false if there is no way to there
   */
  boolean send(Frame frame, Ipv4Packet packet);
}
