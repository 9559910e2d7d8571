/** Block devices: raw files and copy-on-write overlays. */
@NullMarked
package org.javisor.storage.block;

import org.jspecify.annotations.NullMarked;
