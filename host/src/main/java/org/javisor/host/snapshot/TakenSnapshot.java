package org.javisor.host.snapshot;

import java.time.Duration;

/**
 * A snapshot that has just been taken, and what it took.
 *
 * @param folder the snapshot
 * @param standstill how long the machine stood still at the end; a live one also did so for a
 *     moment before each round
 * @param rounds how often memory was written
 * @param bytesWritten bytes of memory written, in all rounds
 */
public record TakenSnapshot(
    SnapshotFolder folder, Duration standstill, int rounds, long bytesWritten) {}
