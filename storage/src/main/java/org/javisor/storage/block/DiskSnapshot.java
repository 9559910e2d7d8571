package org.javisor.storage.block;

import java.time.Instant;

/**
 * A snapshot of a disk.
 *
 * @param name unique in its disk
 * @param created when, by the host's clock
 * @param allocatedBytes what its own layer takes on the host; what it shares with earlier snapshots
 *     is theirs
 */
public record DiskSnapshot(String name, Instant created, long allocatedBytes) {}
