/**
 * The network device (virtio 1.2, section 5.1), one pair of queues and a control queue. The cable
 * is a {@link org.javisor.virtio.net.FramePort} that the host gives.
 */
@NullMarked
package org.javisor.virtio.net;

import org.jspecify.annotations.NullMarked;
