package org.javisor.virtio.net;

import java.util.Arrays;

/**
 * Which frames the guest wants (virtio 1.2, section 5.1.6.5.1). Immutable.
 *
 * <p>At first everything is wanted, as the specification leaves open: drivers without a control
 * queue depend on it.
 */
final class ReceiveFilter {
  static final int PROMISCUOUS = 1;
  static final int ALL_MULTICAST = 2;
  static final int ALL_UNICAST = 4;
  static final int NO_MULTICAST = 8;
  static final int NO_UNICAST = 16;
  static final int NO_BROADCAST = 32;

  /** The driver has named more addresses than are kept. */
  static final int OVERFLOW_UNICAST = 64;

  static final int OVERFLOW_MULTICAST = 128;
  private static final int MODES = 255;

  /** The most addresses kept; a driver that names more gets all of that kind. */
  static final int MAXIMUM_ADDRESSES = 64;

  private final long own;
  private final int modes;
  private final long[] addresses;

  private ReceiveFilter(long own, int modes, long[] addresses) {
    this.own = own;
    this.modes = modes;
    this.addresses = addresses;
  }

  static ReceiveFilter initial(long own) {
    return new ReceiveFilter(own, PROMISCUOUS, new long[0]);
  }

  static ReceiveFilter restored(long own, int modes, long[] addresses) {
    if (addresses.length > MAXIMUM_ADDRESSES) {
      throw new IllegalArgumentException(addresses.length + " addresses");
    }
    return new ReceiveFilter(own, modes & MODES, sorted(addresses));
  }

  private static long[] sorted(long[] addresses) {
    long[] copy = addresses.clone();
    Arrays.sort(copy);
    return copy;
  }

  ReceiveFilter withMode(int mode, boolean on) {
    return new ReceiveFilter(own, on ? modes | mode : modes & ~mode, addresses);
  }

  ReceiveFilter withOwn(long address) {
    return new ReceiveFilter(address, modes, addresses);
  }

  ReceiveFilter withAddresses(long[] table) {
    return new ReceiveFilter(own, modes, sorted(table));
  }

  int modes() {
    return modes;
  }

  long[] addresses() {
    return addresses.clone();
  }

  boolean wants(byte[] frame) {
    if (has(PROMISCUOUS)) {
      return true;
    }
    long destination = MacAddress.bitsAt(frame, 0);
    if (destination == MacAddress.BROADCAST.bits()) {
      return !has(NO_BROADCAST);
    }
    boolean listed = Arrays.binarySearch(addresses, destination) >= 0;
    if ((destination >>> 40 & 1) != 0) {
      return !has(NO_MULTICAST) && (has(ALL_MULTICAST | OVERFLOW_MULTICAST) || listed);
    }
    return !has(NO_UNICAST)
        && (has(ALL_UNICAST | OVERFLOW_UNICAST) || destination == own || listed);
  }

  private boolean has(int mode) {
    return (modes & mode) != 0;
  }
}
