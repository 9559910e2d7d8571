package org.javisor.network.packet;

/**
 * The addresses that share a prefix.
 *
 * @param first the lowest one, which names the subnet
 * @param prefix bits they have in common, 8 to 29
 */
public record Ipv4Subnet(Ipv4Address first, int prefix) {
  /** Checks that the rest of the first address is zero. */
  public Ipv4Subnet {
    if (prefix < 8 || prefix > 29) {
      throw new IllegalArgumentException("a subnet has a prefix of 8 to 29 bits, not " + prefix);
    }
    if ((first.bits() & ~(-1 << (32 - prefix))) != 0) {
      throw new IllegalArgumentException(
          first + "/" + prefix + " is an address in a subnet, not a subnet");
    }
  }

  /**
   * Reads the usual notation, {@code 10.42.0.0/24}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Ipv4Subnet parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException("not a subnet such as 10.42.0.0/24: " + text);
    }
    return new Ipv4Subnet(
        Ipv4Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /** Bits of the prefix as an address. */
  public Ipv4Address mask() {
    return new Ipv4Address(-1 << (32 - prefix));
  }

  /** Everyone in the subnet. */
  public Ipv4Address broadcast() {
    return new Ipv4Address(first.bits() | ~mask().bits());
  }

  /** The address at a position, counted from the first. */
  public Ipv4Address address(int position) {
    return new Ipv4Address(first.bits() + position);
  }

  /** How many addresses there are, the first and the broadcast address among them. */
  public int size() {
    return 1 << (32 - prefix);
  }

  /** Whether an address is one of these. */
  public boolean contains(Ipv4Address address) {
    return (address.bits() & mask().bits()) == first.bits();
  }

  /** Whether an address can be a machine's: neither the first nor the broadcast address. */
  public boolean containsHost(Ipv4Address address) {
    return contains(address) && !address.equals(first) && !address.equals(broadcast());
  }

  @Override
  public String toString() {
    return first + "/" + prefix;
  }
}
