/** The Ethernet switch and its ports. */
@NullMarked
package org.javisor.network.ethernet;

import org.jspecify.annotations.NullMarked;
