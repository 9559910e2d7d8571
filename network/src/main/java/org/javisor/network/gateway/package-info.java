/** The host's own end point in a network: addresses, names, echoes, and the way out. */
@NullMarked
package org.javisor.network.gateway;

import org.jspecify.annotations.NullMarked;
