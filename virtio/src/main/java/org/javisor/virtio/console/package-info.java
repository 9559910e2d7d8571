/**
 * The console device (virtio 1.2, section 5.3) with any number of named ports: terminals and plain
 * byte channels between the guest and the host.
 *
 * <p>The host's end of a port is a {@link org.javisor.virtio.console.PortBackend}; {@link
 * org.javisor.virtio.console.StreamPort} is the one with streams.
 */
@NullMarked
package org.javisor.virtio.console;

import org.jspecify.annotations.NullMarked;
