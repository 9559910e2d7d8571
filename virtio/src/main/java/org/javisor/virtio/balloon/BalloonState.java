package org.javisor.virtio.balloon;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.virtio.TransportState;

/**
 * Saved state of a balloon.
 *
 * @param transport state of the registers and queues
 * @param target pages of 4 KiB the guest is asked to give
 * @param actual pages the driver says it has given
 * @param poison the value the driver's free pages are filled with
 */
@StateVersion(1)
public record BalloonState(TransportState transport, int target, int actual, int poison)
    implements SavedState {}
