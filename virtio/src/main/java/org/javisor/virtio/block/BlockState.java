package org.javisor.virtio.block;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.virtio.TransportState;

/**
 * Saved state of a block device. Requests are finished or untouched when it is taken; the disk's
 * content is not part of it.
 *
 * @param transport state of the registers and queues
 * @param sizeBytes the disk's size; a state fits only a disk of the same size
 * @param writeBack whether the driver has switched the write cache on
 */
@StateVersion(1)
public record BlockState(TransportState transport, long sizeBytes, boolean writeBack)
    implements SavedState {}
