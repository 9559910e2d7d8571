/** Names of machines (RFC 1035), and the way to the host's own resolvers for all others. */
@NullMarked
package org.javisor.network.dns;

import org.jspecify.annotations.NullMarked;
