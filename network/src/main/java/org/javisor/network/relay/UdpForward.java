package org.javisor.network.relay;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import org.javisor.network.forward.Forward;
import org.javisor.network.gateway.Gateway;
import org.javisor.network.nat.Station;
import org.javisor.network.packet.UdpDatagram;
import org.jspecify.annotations.Nullable;

/**
 * Forwards datagrams. Each client has a port of the gateway of its own, from which the machine
 * hears it; the one that was silent for longest makes room for another.
 */
public final class UdpForward implements Forward {
  private static final int CLIENTS = 256;

  private final DatagramChannel channel;
  private final InetSocketAddress local;
  private final Gateway gateway;
  private final Station station;
  private final int port;
  private final int mtu;
  private final Runnable whenClosed;
  private final SecureRandom random = new SecureRandom();
  private final LinkedHashMap<SocketAddress, Integer> clients =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Listens.
   *
   * @param address to listen at; port 0 is for any
   * @param mtu largest payload of a frame in bytes; longer datagrams are dropped
   * @throws IOException if that is not possible
   */
  public UdpForward(
      InetSocketAddress address,
      Gateway gateway,
      Station station,
      int port,
      int mtu,
      Runnable whenClosed)
      throws IOException {
    this.gateway = gateway;
    this.station = station;
    this.port = port;
    this.mtu = mtu;
    this.whenClosed = whenClosed;
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    channel =
        DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      channel.bind(address);
      local = (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    Thread.ofVirtual().name("forward " + local).start(this::receive);
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocate(UdpDatagram.MAXIMUM_PAYLOAD);
    try {
      while (true) {
        buffer.clear();
        SocketAddress client = channel.receive(buffer);
        buffer.flip();
        OptionalInt from = portOf(client);
        if (from.isPresent() && buffer.remaining() + UdpDatagram.HEADER + 20 <= mtu) {
          byte[] payload = new byte[buffer.remaining()];
          buffer.get(payload);
          gateway.send(
              station.mac(), station.address(), new UdpDatagram(from.getAsInt(), port, payload));
        }
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private synchronized OptionalInt portOf(SocketAddress client) {
    Integer known = clients.get(client);
    if (known != null) {
      return OptionalInt.of(known);
    }
    if (clients.size() == CLIENTS) {
      Iterator<Integer> eldest = clients.values().iterator();
      gateway.unlisten(eldest.next());
      eldest.remove();
    }
    OptionalInt free =
        gateway.listen((source, datagram) -> answer(client, source, datagram), random);
    free.ifPresent(own -> clients.put(client, own));
    return free;
  }

  private void answer(@Nullable SocketAddress client, int source, UdpDatagram datagram) {
    if (source != station.address() || datagram.sourcePort() != port || client == null) {
      return;
    }
    try {
      channel.send(ByteBuffer.wrap(datagram.payload()), client);
    } catch (IOException e) {
      // As a network loses one.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing more to be done about it.
    }
    synchronized (this) {
      clients.values().forEach(gateway::unlisten);
      clients.clear();
    }
    whenClosed.run();
  }
}
