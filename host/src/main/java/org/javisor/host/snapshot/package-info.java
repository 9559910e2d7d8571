/**
 * Stateful snapshots: a machine's memory, devices and disks at one moment, in a folder.
 *
 * <p>{@link org.javisor.host.snapshot.SnapshotWriter} takes them, {@link
 * org.javisor.host.snapshot.SnapshotFolder} is one that is there, and an {@code Instance} is
 * restored or built from it.
 */
@NullMarked
package org.javisor.host.snapshot;

import org.jspecify.annotations.NullMarked;
