package org.javisor.host.snapshot;

import java.io.IOException;
import org.javisor.storage.block.DiskSnapshot;
import org.javisor.storage.block.LayeredDisk;

/**
 * A disk of layers: a stateful snapshot is one of the disk, under a name of its own.
 *
 * @param disk open
 */
public record LayeredSnapshotDisk(LayeredDisk disk) implements SnapshotDisk {
  /** The name of the disk's snapshot that belongs to a stateful one. */
  static String name(String id) {
    return "state-" + id;
  }

  @Override
  public void prepare() throws IOException {
    disk.flush();
  }

  @Override
  public void take(String id) throws IOException {
    disk.snapshot(name(id));
  }

  @Override
  public void restore(String id) throws IOException {
    disk.restore(name(id));
  }

  @Override
  public void forget(String id) throws IOException {
    for (DiskSnapshot snapshot : disk.snapshots()) {
      if (snapshot.name().equals(name(id))) {
        disk.deleteSnapshot(name(id));
      }
    }
  }
}
