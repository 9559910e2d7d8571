/** One network over several hosts: Ethernet frames in UDP datagrams (VXLAN, RFC 7348). */
@NullMarked
package org.javisor.network.vxlan;

import org.jspecify.annotations.NullMarked;
