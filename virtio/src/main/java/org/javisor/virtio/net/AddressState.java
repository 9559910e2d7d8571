package org.javisor.virtio.net;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of one entry of the receive filter's table.
 *
 * @param bits an Ethernet address, as in {@link MacAddress}
 */
@StateVersion(1)
public record AddressState(long bits) implements SavedState {}
