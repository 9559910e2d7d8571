package org.javisor.host.network;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.javisor.host.ProblemException;
import org.javisor.network.NetworkConfiguration;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.tap.TapConfiguration;
import org.javisor.network.vxlan.TunnelConfiguration;
import org.javisor.network.vxlan.TunnelEndpoint;

/**
 * What a network is to be, in keys and values of the Incus API: {@code ipv4.address} (the subnet,
 * such as {@code 10.42.0.0/24}, or the gateway's address in it), {@code ipv4.nat} (whether there is
 * a way out; true if nothing is said), {@code ipv4.dhcp.ranges} (where machines' addresses are
 * taken from, {@code FIRST-LAST} with commas between), {@code ipv4.dhcp.gateway} (the machines' way
 * out, if it is not the gateway here), {@code bridge.external_interfaces} (tap devices that the
 * network is joined with, {@code NAME} or {@code NAME/BRIDGE} with commas between; one that is not
 * there is made, and made part of that bridge), {@code dns.domain}, {@code bridge.mtu}, {@code
 * security.port_isolation}, {@code javisor.host_access} (whether machines reach servers on this
 * host), those of tunnels to other hosts ({@link TunnelKeys}), and {@code user.*}. This record is
 * what is kept on disk.
 *
 * @param version of this form
 * @param description for people; may be empty
 * @param config the keys
 */
public record NetworkRecord(int version, String description, Map<String, String> config) {
  /** The version this code writes. */
  public static final int VERSION = 1;

  static final String ADDRESS = "ipv4.address";

  private static final String RANGES = "ipv4.dhcp.ranges";
  private static final String INTERFACES = "bridge.external_interfaces";
  private static final String ROUTER = "ipv4.dhcp.gateway";
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");
  private static final Pattern USER_KEY = Pattern.compile("user\\.[ -~]{1,200}");
  private static final int DEFAULT_MTU = 1500;
  private static final Set<String> KEYS =
      Set.of(
          ADDRESS,
          "ipv4.nat",
          "ipv4.dhcp",
          RANGES,
          "ipv6.address",
          "dns.domain",
          "bridge.mtu",
          "security.port_isolation",
          "javisor.host_access",
          INTERFACES,
          ROUTER);

  /** Keeps its own, sorted copy. */
  public NetworkRecord {
    config = Collections.unmodifiableMap(new TreeMap<>(config));
  }

  /**
   * Checks a name: that of a Linux interface, as other hosts have it.
   *
   * @throws ProblemException if it cannot be a network's
   */
  public static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.badInput(
          "'" + name + "' cannot be a network's name",
          "use 1 to 15 small letters, digits and hyphens inside");
    }
  }

  /** The same with another value for a key. */
  NetworkRecord with(String key, String value) {
    Map<String, String> changed = new TreeMap<>(config);
    changed.put(key, value);
    return new NetworkRecord(version, description, changed);
  }

  /** Whether the subnet is left to the host. */
  boolean wantsSubnet() {
    String address = config.getOrDefault(ADDRESS, "");
    return address.isEmpty() || address.equals("auto");
  }

  /**
   * The network that is asked for.
   *
   * @throws ProblemException naming the first key or value that is not possible
   */
  public NetworkConfiguration configuration(String name) {
    checkName(name);
    for (String key : config.keySet()) {
      if (!KEYS.contains(key) && !USER_KEY.matcher(key).matches() && !TunnelKeys.isOne(key)) {
        throw ProblemException.badInput(
            "a network has no key " + key, "use user.* for keys of your own");
      }
    }
    if (!truth("ipv4.dhcp", true)) {
      throw ProblemException.badInput(
          "ipv4.dhcp cannot be false", "every network here serves addresses");
    }
    if (!Set.of("", "none").contains(config.getOrDefault("ipv6.address", ""))) {
      throw ProblemException.badInput("ipv6.address cannot be set", "networks here have IPv4");
    }
    interfaces();
    // As Incus and the kernel do: what a guest sends is to fit its way to the other host.
    int overhead = tunnel().map(one -> TunnelEndpoint.overhead(one.local())).orElse(0);
    String mtu = config.getOrDefault("bridge.mtu", "");
    mtu = mtu.isEmpty() ? String.valueOf(DEFAULT_MTU - overhead) : mtu;
    try {
      return new NetworkConfiguration(
          name,
          subnet(),
          Optional.ofNullable(config.get("dns.domain")).filter(domain -> !domain.isEmpty()),
          truth("ipv4.nat", true)
              ? NetworkConfiguration.UplinkKind.PASST
              : NetworkConfiguration.UplinkKind.NONE,
          truth("javisor.host_access", false),
          truth("security.port_isolation", false),
          Integer.parseInt(mtu),
          ranges(),
          Optional.ofNullable(config.get(ROUTER))
              .filter(text -> !text.isEmpty())
              .map(Ipv4Address::parse));
    } catch (NumberFormatException e) {
      throw ProblemException.badInput("bridge.mtu cannot be '" + mtu + "'", "give a number");
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "the network " + name + " is not possible", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the network's tunnels are to lead.
   *
   * @return nothing if it is of this host alone
   * @throws ProblemException naming the first key or value that is not possible
   */
  public Optional<TunnelConfiguration> tunnel() {
    return TunnelKeys.of(config);
  }

  /**
   * The interfaces of the kernel that the network is to be joined with.
   *
   * @throws ProblemException if one is not possible
   */
  public List<TapConfiguration> interfaces() {
    String text = config.getOrDefault(INTERFACES, "");
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      List<TapConfiguration> all =
          Stream.of(text.split(",", -1)).map(one -> TapConfiguration.parse(one.strip())).toList();
      if (all.stream().map(TapConfiguration::name).distinct().count() < all.size()) {
        throw new IllegalArgumentException("one is named twice");
      }
      return all;
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          INTERFACES + " cannot be '" + text + "': " + e.getMessage(),
          "name tap devices, such as tap0, or tap0/br0 to have it in a bridge of the kernel");
    }
  }

  private List<Ipv4Range> ranges() {
    String text = config.getOrDefault(RANGES, "");
    return text.isEmpty()
        ? List.of()
        : Stream.of(text.split(",", -1)).map(one -> Ipv4Range.parse(one.strip())).toList();
  }

  /** The subnet that the address names, whichever address in it is given. */
  private Ipv4Subnet subnet() {
    String text = config.getOrDefault(ADDRESS, "");
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException(
          ADDRESS + " is a subnet such as 10.42.0.0/24, not '" + text + "'");
    }
    int prefix = Integer.parseInt(text.substring(slash + 1));
    if (prefix < 8 || prefix > 29) {
      throw new IllegalArgumentException("a subnet has a prefix of 8 to 29 bits");
    }
    int bits = Ipv4Address.parse(text.substring(0, slash)).bits();
    return new Ipv4Subnet(new Ipv4Address(bits & (-1 << (Integer.SIZE - prefix))), prefix);
  }

  private boolean truth(String key, boolean otherwise) {
    return switch (config.getOrDefault(key, "")) {
      case "" -> otherwise;
      case "true" -> true;
      case "false" -> false;
      default ->
          throw ProblemException.badInput(
              key + " cannot be '" + config.get(key) + "'", "give true or false");
    };
  }
}
