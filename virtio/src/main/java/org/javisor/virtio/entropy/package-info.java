/** The entropy device (virtio 1.2, section 5.4): random bytes of the host for the guest. */
@NullMarked
package org.javisor.virtio.entropy;

import org.jspecify.annotations.NullMarked;
