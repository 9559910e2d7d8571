package org.javisor.network.vxlan;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import jdk.net.ExtendedSocketOptions;

/**
 * A UDP socket for the tunnels of several networks, told apart by their identifiers.
 *
 * <p>All datagrams leave from the port it listens at: that one socket has but one port, where RFC
 * 7348, section 5, recommends one by a hash of the inner flow, which would spread flows over links.
 * The host computes the outer checksum, which section 5 permits, and checks it on receipt; over
 * IPv4 a checksum of zero is taken. Datagrams are never cut to pieces (section 4.3).
 */
final class VxlanSocket {
  /** Takes what comes in for one network, in the socket's thread. */
  interface Receiver {
    /**
     * A datagram.
     *
     * @param frame what is behind the header, from its position to its limit; to be copied
     */
    void receive(InetSocketAddress source, ByteBuffer frame);
  }

  /** What has become of a datagram. */
  enum Outcome {
    SENT,
    TOO_LONG,
    NOT_SENT
  }

  private static final int LONGEST = 65_535;
  private static final int BUFFER_BYTES = 4 << 20;

  private final DatagramChannel channel;
  private final Selector selector;
  private final InetSocketAddress local;
  private final Map<Integer, Receiver> receivers = new ConcurrentHashMap<>();
  private final LongAdder unknown = new LongAdder();

  /**
   * Listens.
   *
   * @throws IOException if that is not possible
   */
  VxlanSocket(InetSocketAddress address) throws IOException {
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    channel =
        DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    boolean listening = false;
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
      SocketOption<Boolean> whole = ExtendedSocketOptions.IP_DONTFRAGMENT;
      if (channel.supportedOptions().contains(whole)) {
        channel.setOption(whole, true);
      }
      channel.bind(address);
      local = (InetSocketAddress) channel.getLocalAddress();
      // So that no guest waits for the host when it sends.
      channel.configureBlocking(false);
      selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      listening = true;
    } finally {
      if (!listening) {
        channel.close();
      }
    }
    Thread.ofPlatform().daemon().name("vxlan " + local).start(this::receive);
  }

  /** Where it listens. */
  InetSocketAddress local() {
    return local;
  }

  /** Datagrams dropped since it was made: no valid header, or of no network that is here. */
  long unknown() {
    return unknown.sum();
  }

  /** Whether nobody has it. */
  boolean isUnused() {
    return receivers.isEmpty();
  }

  /** Takes an identifier; false if another network has it. */
  boolean register(int vni, Receiver receiver) {
    return receivers.putIfAbsent(vni, receiver) == null;
  }

  /** Gives an identifier back. */
  void unregister(int vni, Receiver receiver) {
    receivers.remove(vni, receiver);
  }

  /** Sends a datagram if there is room; never waits, from any thread. */
  Outcome send(ByteBuffer datagram, InetSocketAddress peer) {
    int length = datagram.remaining();
    try {
      return channel.send(datagram, peer) == length ? Outcome.SENT : Outcome.NOT_SENT;
    } catch (SocketException e) {
      // Java does not give the number of the error, EMSGSIZE.
      boolean tooLong = String.valueOf(e.getMessage()).contains("too long");
      return tooLong ? Outcome.TOO_LONG : Outcome.NOT_SENT;
    } catch (IOException e) {
      return Outcome.NOT_SENT;
    }
  }

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);
    while (channel.isOpen()) {
      try {
        selector.select(key -> {});
        while (receiveOne(buffer)) {
          // Until there is no more.
        }
      } catch (IOException | ClosedSelectorException e) {
        // It is closed, or a datagram was not to be had; the next one may be.
      }
    }
  }

  private boolean receiveOne(ByteBuffer buffer) throws IOException {
    buffer.clear();
    if (!(channel.receive(buffer) instanceof InetSocketAddress source)) {
      return false;
    }
    buffer.flip();
    int vni = VxlanHeader.vni(buffer);
    Receiver receiver = vni < 0 ? null : receivers.get(vni);
    if (receiver == null) {
      unknown.increment();
    } else {
      receiver.receive(source, buffer.position(VxlanHeader.BYTES));
    }
    return true;
  }

  /** Listens no more. */
  void close() {
    try {
      channel.close();
      selector.close();
    } catch (IOException e) {
      // There is nothing more to be done about it.
    }
  }
}
