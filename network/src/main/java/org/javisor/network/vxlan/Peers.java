package org.javisor.network.vxlan;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The other ends of a tunnel at one time. */
final class Peers {
  /** Who a datagram is from. */
  sealed interface Sender {
    /** Nobody we know. */
    record Stranger() implements Sender {}

    /** One of those who share an address; the port does not say which. */
    record Ambiguous() implements Sender {}

    /** This one. */
    record Known(InetSocketAddress peer) implements Sender {}
  }

  private static final Sender STRANGER = new Sender.Stranger();
  private static final Sender AMBIGUOUS = new Sender.Ambiguous();

  private final List<InetSocketAddress> all;
  private final Map<InetSocketAddress, Sender> exact = new HashMap<>();
  private final Map<InetAddress, Sender> byAddress = new HashMap<>();

  Peers(List<InetSocketAddress> all) {
    this.all = List.copyOf(all);
    for (InetSocketAddress peer : all) {
      Sender known = new Sender.Known(peer);
      exact.put(peer, known);
      byAddress.merge(peer.getAddress(), known, (one, other) -> AMBIGUOUS);
    }
  }

  List<InetSocketAddress> all() {
    return all;
  }

  /**
   * Who a datagram is from. Its port may be any, as it is chosen to spread flows over links (RFC
   * 7348, section 5); only where several peers have one address is it looked at.
   */
  Sender of(InetSocketAddress source) {
    @Nullable Sender known = exact.get(source);
    return known != null ? known : byAddress.getOrDefault(source.getAddress(), STRANGER);
  }
}
