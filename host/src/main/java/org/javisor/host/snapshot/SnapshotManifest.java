package org.javisor.host.snapshot;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.machine.snapshot.MemoryIndex;

/**
 * What a snapshot's folder says of itself.
 *
 * @param id what tells it from every other one: random, 32 hexadecimal digits
 * @param previous the id of the snapshot whose memory file it began with; empty for a full one
 * @param takenAt milliseconds since 1970
 * @param machine the machine it was taken of
 * @param memory what is in the memory file
 * @param stateBytes length of the file with the devices' state
 * @param stateSum its CRC-32C
 */
@StateVersion(1)
public record SnapshotManifest(
    String id,
    String previous,
    long takenAt,
    MachineDescription machine,
    MemoryIndex memory,
    long stateBytes,
    int stateSum)
    implements SavedState {}
