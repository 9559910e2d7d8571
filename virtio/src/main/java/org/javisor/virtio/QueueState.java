package org.javisor.virtio;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of one queue. What is in the rings is guest memory.
 *
 * @param size entries, as the driver has set
 * @param ready whether the queue is set up
 * @param descriptorArea guest physical address
 * @param driverArea guest physical address
 * @param deviceArea guest physical address
 * @param availablePosition where the device reads next; packed: the wrap counter is bit 15
 * @param usedPosition where the device writes next; packed: the wrap counter is bit 15
 */
@StateVersion(1)
public record QueueState(
    int size,
    boolean ready,
    long descriptorArea,
    long driverArea,
    long deviceArea,
    int availablePosition,
    int usedPosition)
    implements SavedState {}
