/** Ports of the host that lead to ports of machines. */
@NullMarked
package org.javisor.network.forward;

import org.jspecify.annotations.NullMarked;
