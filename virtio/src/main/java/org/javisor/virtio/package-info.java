/**
 * What every virtio device has in common (OASIS virtio 1.2), apart from the queues and the
 * transport.
 *
 * <p>{@link org.javisor.virtio.VirtioDevice} is the contract between a device and its transport
 * ({@code org.javisor.virtio.mmio}); each device has a package of its own with four rooms: the
 * device, its configuration, its state and its metrics. What a device needs from the host (a disk,
 * a cable, a terminal) is a small interface in the device's package.
 *
 * <p>Threads: vCPUs touch the transport's registers and only wake a device's workers. A worker is a
 * virtual thread that serves queues and sleeps when there is nothing to do. The host's side of a
 * device only fills or empties bounded buffers and wakes a worker, so that a worker alone touches
 * guest memory, and holding the workers stops the device.
 */
@NullMarked
package org.javisor.virtio;

import org.jspecify.annotations.NullMarked;
