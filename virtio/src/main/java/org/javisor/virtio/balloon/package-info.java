/**
 * The memory balloon (virtio 1.2, section 5.5): the guest gives memory to the host, because it was
 * asked to or because it does not need it, and the host gives it back to the operating system.
 */
@NullMarked
package org.javisor.virtio.balloon;

import org.jspecify.annotations.NullMarked;
