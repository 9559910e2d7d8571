package org.javisor.network;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.packet.Ipv4Subnet;

/**
 * How a network is made. The first address of the subnet is the gateway's, which serves addresses
 * (DHCP) and names (DNS); the last one stands for the host, where machines may reach that.
 *
 * @param name letters, digits and hyphens, at most 63
 * @param subnet the machines' addresses
 * @param domain of the machines' names, in lower case, at most 200 characters; without one, {@code
 *     <name>.internal}
 * @param uplink the way to everywhere else
 * @param hostAccess whether machines reach the host's own servers, those of its loopback interface
 *     among them, at the last address of the subnet and as {@code host}
 * @param isolated whether machines reach the gateway alone, and not each other
 * @param mtu largest payload of a frame in bytes, 576 to 65520
 * @param ranges where addresses for machines are taken from, if no certain one is asked for: hosts
 *     that share a network must not give away the same ones; empty for the whole subnet
 * @param router the machines' way to everywhere else, if it is another one than the gateway: behind
 *     an interface of the kernel
 */
public record NetworkConfiguration(
    String name,
    Ipv4Subnet subnet,
    Optional<String> domain,
    UplinkKind uplink,
    boolean hostAccess,
    boolean isolated,
    int mtu,
    List<Ipv4Range> ranges,
    Optional<Ipv4Address> router) {
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

  /** Ways to everywhere else. */
  public enum UplinkKind {
    /** None: machines reach each other and the gateway. */
    NONE,
    /** Through passt, a program that needs no root: TCP, UDP and echoes as the host's own. */
    PASST
  }

  /** Checks names and ranges. */
  public NetworkConfiguration {
    ranges = List.copyOf(ranges);
    for (Ipv4Range range : ranges) {
      if (!subnet.contains(range.first()) || !subnet.contains(range.last())) {
        throw new IllegalArgumentException(
            "the range " + range + " is not one of the subnet " + subnet);
      }
    }
    if (router.isPresent()
        && (!subnet.contains(router.get())
            || router.get().equals(subnet.address(1))
            || router.get().equals(subnet.address(subnet.size() - 2)))) {
      throw new IllegalArgumentException(
          "the router "
              + router.get()
              + " is not one of the subnet "
              + subnet
              + ", whose first address is the gateway's and whose last is the host's");
    }
    if (!name.matches(LABEL)) {
      throw new IllegalArgumentException(
          "not the name of a network (letters, digits and hyphens): " + name);
    }
    if (domain.isPresent()
        && (domain.get().length() > 200
            || !domain
                .get()
                .matches(
                    "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"))) {
      throw new IllegalArgumentException("not a domain in lower case: " + domain.get());
    }
    if (mtu < 576 || mtu > 65_520) {
      throw new IllegalArgumentException("MTU of " + mtu + " bytes, not of 576 to 65520");
    }
  }

  /** A network with a way out through passt, but not to the host itself. */
  public static NetworkConfiguration of(String name, Ipv4Subnet subnet) {
    return new NetworkConfiguration(
        name,
        subnet,
        Optional.empty(),
        UplinkKind.PASST,
        false,
        false,
        1500,
        List.of(),
        Optional.empty());
  }

  /** The same with another way out. */
  public NetworkConfiguration withUplink(UplinkKind kind) {
    return new NetworkConfiguration(
        name, subnet, domain, kind, hostAccess, isolated, mtu, ranges, router);
  }

  /** The same with or without a way to the host. */
  public NetworkConfiguration withHostAccess(boolean access) {
    return new NetworkConfiguration(
        name, subnet, domain, uplink, access, isolated, mtu, ranges, router);
  }

  /** The same with addresses from elsewhere in the subnet. */
  public NetworkConfiguration withRanges(List<Ipv4Range> others) {
    return new NetworkConfiguration(
        name, subnet, domain, uplink, hostAccess, isolated, mtu, others, router);
  }

  /** The same with another way to everywhere else than the gateway. */
  public NetworkConfiguration withRouter(Ipv4Address other) {
    return new NetworkConfiguration(
        name, subnet, domain, uplink, hostAccess, isolated, mtu, ranges, Optional.of(other));
  }

  /** The domain of the machines' names. */
  public String domainName() {
    return domain.orElse(name.toLowerCase(Locale.ROOT) + ".internal");
  }

  /** The gateway's address. */
  public Ipv4Address gateway() {
    return subnet.address(1);
  }

  /** The address that stands for the host. */
  public Ipv4Address host() {
    return subnet.address(subnet.size() - 2);
  }
}
