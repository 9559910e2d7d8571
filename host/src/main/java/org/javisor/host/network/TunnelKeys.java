package org.javisor.host.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.network.vxlan.VxlanHeader;

/**
 * The keys of a network's tunnels, as Incus has them: {@code tunnel.NAME.protocol} ({@code vxlan}),
 * {@code tunnel.NAME.remote} (the other host's address; here also {@code ADDRESS:PORT}, where its
 * port is another one), {@code tunnel.NAME.local} (the address of this host, by default that of the
 * loopback interface), {@code tunnel.NAME.port} (by default, or if 0, 4789) and {@code
 * tunnel.NAME.id} (0 by default). A network leads to each other host by a tunnel of its own name;
 * all have the same identifier, local address and port.
 */
final class TunnelKeys {
  private static final Pattern KEY = Pattern.compile("tunnel\\.([A-Za-z0-9_-]{1,15})\\.([a-z]+)");
  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([0-9.]+)):([0-9]{1,5})");
  private static final Set<String> WORDS = Set.of("protocol", "id", "local", "port", "remote");
  private static final Set<String> MULTICAST = Set.of("group", "interface", "ttl");

  private TunnelKeys() {}

  /**
   * Whether a key is one of a tunnel.
   *
   * @throws ProblemException if it is one that only Incus has
   */
  static boolean isOne(String key) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return false;
    }
    if (MULTICAST.contains(matcher.group(2))) {
      throw ProblemException.badInput(
          key + " cannot be set: tunnels here do without multicast",
          "name the other host: tunnel." + matcher.group(1) + ".remote");
    }
    return WORDS.contains(matcher.group(2));
  }

  /**
   * What the tunnels of a network are to be.
   *
   * @return nothing if it has none
   * @throws ProblemException naming the first key or value that is not possible
   */
  static Optional<TunnelConfiguration> of(Map<String, String> config) {
    Map<String, Map<String, String>> tunnels = new TreeMap<>();
    config.forEach(
        (key, value) -> {
          Matcher matcher = KEY.matcher(key);
          if (matcher.matches() && !value.isEmpty()) {
            tunnels
                .computeIfAbsent(matcher.group(1), name -> new TreeMap<>())
                .put(matcher.group(2), value);
          }
        });
    if (tunnels.isEmpty()) {
      return Optional.empty();
    }
    List<TunnelConfiguration> all = new ArrayList<>();
    tunnels.forEach((name, keys) -> all.add(one("tunnel." + name + ".", keys)));
    TunnelConfiguration first = all.getFirst();
    for (TunnelConfiguration other : all) {
      if (!other.withPeers(List.of()).equals(first.withPeers(List.of()))) {
        throw ProblemException.badInput(
            "the tunnels of a network have the same id, local and port, not these: "
                + String.join(", ", tunnels.keySet()),
            "only remote is another one for each host");
      }
    }
    try {
      return Optional.of(
          first.withPeers(all.stream().flatMap(one -> one.peers().stream()).toList()));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "the tunnels are not possible", String.valueOf(e.getMessage()));
    }
  }

  private static TunnelConfiguration one(String prefix, Map<String, String> keys) {
    String protocol = keys.getOrDefault("protocol", "");
    if (!protocol.equals("vxlan")) {
      throw ProblemException.badInput(
          prefix + "protocol cannot be '" + protocol + "'", "tunnels here are of protocol vxlan");
    }
    int id = number(prefix + "id", keys.getOrDefault("id", "0"), VxlanHeader.MAXIMUM_VNI);
    int port = number(prefix + "port", keys.getOrDefault("port", "0"), 65_535);
    port = port == 0 ? TunnelConfiguration.PORT : port;
    String remote = keys.getOrDefault("remote", "");
    if (remote.isEmpty()) {
      throw ProblemException.badInput(
          prefix + "remote is missing", "name the other host's address");
    }
    InetSocketAddress peer = remote(prefix + "remote", remote, port);
    boolean ipv4 = peer.getAddress() instanceof Inet4Address;
    InetAddress local =
        address(prefix + "local", keys.getOrDefault("local", ipv4 ? "127.0.0.1" : "::1"));
    if (local.isLoopbackAddress() && !peer.getAddress().isLoopbackAddress()) {
      throw ProblemException.badInput(
          remote + " cannot be reached from " + local.getHostAddress(),
          "say at which address of this host the tunnel is to be: " + prefix + "local");
    }
    try {
      return new TunnelConfiguration(id, new InetSocketAddress(local, port), List.of(peer));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          prefix + "remote cannot be '" + remote + "'", String.valueOf(e.getMessage()));
    }
  }

  private static InetSocketAddress remote(String key, String text, int port) {
    Matcher matcher = WITH_PORT.matcher(text);
    if (!matcher.matches()) {
      return new InetSocketAddress(address(key, text), port);
    }
    String address = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return new InetSocketAddress(address(key, address), number(key, matcher.group(3), 65_535));
  }

  /** Literally: a name would be looked up where nobody expects it. */
  private static InetAddress address(String key, String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          key + " cannot be '" + text + "'", "give an address such as 192.0.2.7 or 2001:db8::7");
    }
  }

  private static int number(String key, String text, int most) {
    if (text.matches("[0-9]{1,8}") && Integer.parseInt(text) <= most) {
      return Integer.parseInt(text);
    }
    throw ProblemException.badInput(
        key + " cannot be '" + text + "'", "give a number of 0 to " + most);
  }
}
