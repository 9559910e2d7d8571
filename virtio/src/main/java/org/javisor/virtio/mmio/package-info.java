/**
 * The mmio transport (virtio 1.2, section 4.2, version 2): a page of registers through which a
 * driver finds a device, agrees on features, sets up queues and starts it.
 *
 * <p>Registers are a trust boundary: writes that a correct driver does not make are ignored, or end
 * in DEVICE_NEEDS_RESET where the specification offers that.
 */
@NullMarked
package org.javisor.virtio.mmio;

import org.jspecify.annotations.NullMarked;
