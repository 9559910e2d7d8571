package org.javisor.virtio.entropy;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.virtio.TransportState;

/**
 * Saved state of an entropy device.
 *
 * @param transport state of the registers and the queue
 */
@StateVersion(1)
public record EntropyState(TransportState transport) implements SavedState {}
