package org.javisor.host;

import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.LoopbackPeer;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.NetConfiguration;

/**
 * A machine's network card and what it is plugged into.
 *
 * @param port gets the card's frames; closing it is up to who made it
 */
public record NetworkCard(NetConfiguration configuration, FramePort port) {
  /** Of a port of a network, with the MTU of that. */
  public static NetworkCard of(MacAddress mac, int mtu, FramePort port) {
    return new NetworkCard(new NetConfiguration(mac, mtu, 256), port);
  }

  /**
   * Plugged into nothing but a neighbour that answers pings: 192.0.2.1, of the addresses kept for
   * examples. The card's own address is random, of the range that nobody is assigned.
   */
  public static NetworkCard alone() {
    return alone(MacAddress.random());
  }

  /** The same with this address. */
  public static NetworkCard alone(MacAddress mac) {
    return new NetworkCard(
        NetConfiguration.of(mac),
        new LoopbackPeer(MacAddress.parse("02:00:00:00:00:01"), 0xc0000201));
  }
}
