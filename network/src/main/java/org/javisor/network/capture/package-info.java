/** Frames written down for Wireshark and the like. */
@NullMarked
package org.javisor.network.capture;

import org.jspecify.annotations.NullMarked;
