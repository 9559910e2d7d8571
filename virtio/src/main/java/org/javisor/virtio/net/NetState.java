package org.javisor.virtio.net;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.virtio.TransportState;

/**
 * Saved state of a network device. Frames that wait for the guest are not part of it: a network may
 * lose frames.
 *
 * @param transport state of the registers and queues
 * @param mac the address, which the driver may have changed
 * @param linkUp whether the cable carries a signal
 * @param filterModes the receive filter's switches, a bit each
 * @param filterAddresses the receive filter's address table
 */
@StateVersion(1)
public record NetState(
    TransportState transport,
    long mac,
    boolean linkUp,
    int filterModes,
    List<AddressState> filterAddresses)
    implements SavedState {
  /** Copies the table. */
  public NetState {
    filterAddresses = List.copyOf(filterAddresses);
  }
}
