/**
 * Ways into the host's kernel: tap devices of Linux, at ports of a network's switch. Nothing else
 * of a network needs rights that not every user has.
 */
@NullMarked
package org.javisor.network.tap;

import org.jspecify.annotations.NullMarked;
