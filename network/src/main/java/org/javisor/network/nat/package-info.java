/** Many machines behind one address (RFC 3022, 4787, 5382, 5508). */
@NullMarked
package org.javisor.network.nat;

import org.jspecify.annotations.NullMarked;
