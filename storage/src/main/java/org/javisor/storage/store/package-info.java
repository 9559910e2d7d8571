/** Files that last: the digests they are kept under, and how they come to their places. */
@NullMarked
package org.javisor.storage.store;

import org.jspecify.annotations.NullMarked;
