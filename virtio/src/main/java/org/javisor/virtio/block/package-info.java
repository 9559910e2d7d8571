/**
 * The block device (virtio 1.2, section 5.2). The disk itself is a {@link
 * org.javisor.virtio.block.BlockBackend} that the host gives.
 */
@NullMarked
package org.javisor.virtio.block;

import org.jspecify.annotations.NullMarked;
