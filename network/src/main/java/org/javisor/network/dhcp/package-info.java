/**
 * Addresses of machines: who has which (RFC 2131 calls it a lease), and the server that says so.
 */
@NullMarked
package org.javisor.network.dhcp;

import org.jspecify.annotations.NullMarked;
