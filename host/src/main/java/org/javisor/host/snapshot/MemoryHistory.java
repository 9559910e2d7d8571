package org.javisor.host.snapshot;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import org.javisor.machine.DirtyLog;
import org.javisor.machine.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * What of a machine's memory has changed since it was last the same as a snapshot's. From the first
 * snapshot on every page's first write is logged.
 */
final class MemoryHistory {
  private final GuestMemory memory;
  private @Nullable DirtyLog log;
  private @Nullable SnapshotFolder last;

  MemoryHistory(GuestMemory memory) {
    this.memory = memory;
  }

  /** The log; all pages are dirty when it begins. */
  DirtyLog log() {
    DirtyLog current = log;
    if (current == null) {
      current = new DirtyLog(memory);
      log = current;
    }
    return current;
  }

  /** The snapshot that the memory differs from in the log's pages only, if it is still there. */
  Optional<SnapshotFolder> last() {
    return Optional.ofNullable(last).filter(SnapshotFolder::isStillThere);
  }

  /** A snapshot, perhaps the last one, is in another folder now. */
  void moved(Path from, Path to) {
    if (last != null && last.path().equals(from)) {
      last = new SnapshotFolder(to, last.manifest());
    }
  }

  /** The memory was the same as this snapshot's when the log was collected last. */
  void begin(SnapshotFolder folder) {
    last = folder;
  }

  /** All pages of the memory. */
  BitSet all() {
    BitSet all = new BitSet();
    all.set(0, Math.toIntExact(memory.size() >>> GuestMemory.PAGE_SHIFT));
    return all;
  }
}
