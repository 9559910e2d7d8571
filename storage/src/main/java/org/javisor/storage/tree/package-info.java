/** File trees as streams of entries: what archives hold and file systems are made of. */
@NullMarked
package org.javisor.storage.tree;

import org.jspecify.annotations.NullMarked;
