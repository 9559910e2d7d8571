/** Writes and reads ext4 file systems without mounting them. */
@NullMarked
package org.javisor.storage.ext4;

import org.jspecify.annotations.NullMarked;
