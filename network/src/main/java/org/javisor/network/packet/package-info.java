/** What is in frames: addresses, headers, checksums. Nothing in a packet is believed unchecked. */
@NullMarked
package org.javisor.network.packet;

import org.jspecify.annotations.NullMarked;
