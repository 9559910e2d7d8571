/** Carries what comes to ports of the host into the network, and back. */
@NullMarked
package org.javisor.network.relay;

import org.jspecify.annotations.NullMarked;
