/** The FAT file system, as far as a small disk of a few files needs it. */
@NullMarked
package org.javisor.storage.fat;

import org.jspecify.annotations.NullMarked;
