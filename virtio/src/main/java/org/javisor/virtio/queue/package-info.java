/**
 * Virtqueues, seen from the device: the rings through which a driver hands buffers to a device and
 * gets them back (virtio 1.2, sections 2.6 to 2.8).
 *
 * <p>The shortest path through it: a device {@linkplain org.javisor.virtio.queue.Virtqueue#poll
 * polls} a queue for a {@link org.javisor.virtio.queue.DescriptorChain}, reads from its readable
 * {@link org.javisor.virtio.queue.GuestBuffer} and writes to its writable one, {@linkplain
 * org.javisor.virtio.queue.Virtqueue#finish finishes} it, and {@linkplain
 * org.javisor.virtio.queue.Virtqueue#publish publishes} what is finished.
 *
 * <p>This is a trust boundary. Every index, address, length and flag in a ring is chosen by the
 * guest, who may change it at any moment: each is read once, checked, and used from the copy. What
 * a well-behaved driver cannot have written is reported as {@link
 * org.javisor.virtio.queue.MalformedQueueException}, which the transport turns into
 * DEVICE_NEEDS_RESET.
 */
@NullMarked
package org.javisor.virtio.queue;

import org.jspecify.annotations.NullMarked;
