/**
 * The server's side of TCP (RFC 9293) for what the host itself serves in a network: few connections
 * at once, short messages, and clients that may mean harm.
 */
@NullMarked
package org.javisor.network.tcp;

import org.jspecify.annotations.NullMarked;
