package org.javisor.host.snapshot;

import java.io.IOException;
import org.javisor.storage.block.LayeredDisk;

/** A disk of layers, which are frozen for a snapshot. */
public record LayeredSnapshotDisk(LayeredDisk disk) implements SnapshotDisk {
  @Override
  public void prepare() throws IOException {
    disk.flush();
  }

  @Override
  public void take(String id) throws IOException {
    disk.snapshot(id);
  }

  @Override
  public void restore(String id) throws IOException {
    disk.restore(id);
  }

  @Override
  public void forget(String id) throws IOException {
    if (disk.snapshots().stream().anyMatch(snapshot -> snapshot.name().equals(id))) {
      disk.deleteSnapshot(id);
    }
  }
}
