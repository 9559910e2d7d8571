/**
 * The way out through passt, which turns frames into sockets of the host without root. It is made
 * for one guest, so all machines stand behind one address there.
 */
@NullMarked
package org.javisor.network.passt;

import org.jspecify.annotations.NullMarked;
