package org.javisor.network.gateway;

import org.javisor.network.packet.UdpDatagram;

/** Gets the datagrams for a port of the gateway; never blocks. */
@FunctionalInterface
public interface DatagramListener {
  /** A datagram from an address of the network. */
  void datagram(int source, UdpDatagram datagram);
}
