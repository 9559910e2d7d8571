package org.javisor.virtio.console;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of a port. Bytes that wait in the host's end are not part of it.
 *
 * @param ready whether the driver has taken the port into use
 * @param awaitsPlug whether the driver is ready for a port that has still to be plugged in
 * @param guestOpen whether a program in the guest has it open
 * @param announcedOpen whether the guest has been told that the host is connected
 * @param closing whether the host has still to be told of a close, after output before it
 * @param reopened whether the guest has opened the port again since
 * @param pendingMessages control messages still to be sent, a bit each
 * @param transmitted bytes of the chain at the head of the transmit queue that the host has taken
 */
@StateVersion(2)
public record PortState(
    boolean ready,
    boolean awaitsPlug,
    boolean guestOpen,
    boolean announcedOpen,
    boolean closing,
    boolean reopened,
    int pendingMessages,
    long transmitted)
    implements SavedState {}
