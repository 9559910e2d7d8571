/** Content-addressed store of immutable blobs, and names that refer to them. */
@NullMarked
package org.javisor.storage.store;

import org.jspecify.annotations.NullMarked;
