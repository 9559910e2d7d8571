package org.javisor.network.packet;

/**
 * Addresses that follow each other.
 *
 * @param first the lowest
 * @param last the highest, itself one of them
 */
public record Ipv4Range(Ipv4Address first, Ipv4Address last) {
  /** Checks the order. */
  public Ipv4Range {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(first + "-" + last + " begins behind its end");
    }
  }

  /**
   * Reads {@code 10.42.0.10-10.42.0.99}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Ipv4Range parse(String text) {
    String[] ends = text.split("-", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException("not a range such as 10.42.0.10-10.42.0.99: " + text);
    }
    return new Ipv4Range(Ipv4Address.parse(ends[0].strip()), Ipv4Address.parse(ends[1].strip()));
  }

  /** Whether an address is one of these. */
  public boolean contains(Ipv4Address address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
