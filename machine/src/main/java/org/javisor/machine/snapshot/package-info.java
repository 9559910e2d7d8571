/**
 * Guest memory in files: written sparsely, whole or only what has changed, while the machine runs
 * or stands still; and checked before it is mapped again with {@link
 * org.javisor.machine.GuestMemory#map}.
 */
@NullMarked
package org.javisor.machine.snapshot;

import org.jspecify.annotations.NullMarked;
