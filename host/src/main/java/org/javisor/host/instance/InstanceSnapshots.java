package org.javisor.host.instance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.ProblemException;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.host.snapshot.SnapshotOptions;
import org.javisor.machine.Entropy;
import org.javisor.machine.Machine;
import org.javisor.storage.block.DiskProgress;
import org.javisor.storage.block.DiskSnapshot;
import org.javisor.storage.block.LayeredDisk;

/**
 * The snapshots of one instance: its configuration and its disk, and with a stateful one also
 * memory and devices. What is called here is called by {@link HostedInstance} with its life cycle
 * held.
 */
final class InstanceSnapshots {
  private final Host host;
  private final String name;
  private final SnapshotStore store;

  /** Checking a memory file reads all of it: once is enough for any number of copies. */
  private final Map<String, SnapshotFolder> opened = new HashMap<>();

  InstanceSnapshots(Host host, String name, Path folder) {
    this.host = host;
    this.name = name;
    this.store = new SnapshotStore(folder);
  }

  SnapshotStore store() {
    return store;
  }

  /**
   * Takes a snapshot; a machine that runs goes on.
   *
   * @param machine the instance's, if it is on
   */
  InstanceSnapshot take(
      String snapshot,
      boolean stateful,
      Optional<Instant> expiresAt,
      Optional<Instance> machine,
      InstanceConfig config)
      throws IOException {
    SnapshotStore.checkName(snapshot);
    if (store.all().containsKey(snapshot)) {
      throw ProblemException.badInput(
          "the instance " + name + " has a snapshot " + snapshot + " already",
          "choose another name, or delete that one");
    }
    if (stateful && machine.isEmpty()) {
      throw ProblemException.badInput(
          "the instance " + name + " is off, so it has no state to keep",
          "start it, or take the snapshot without state");
    }
    Path fresh = store.begin();
    boolean finished = false;
    String disk = "";
    try {
      if (stateful) {
        disk =
            machine
                .orElseThrow()
                .takeSnapshot(fresh.resolve(SnapshotStore.MEMORY), SnapshotOptions.standard())
                .folder()
                .manifest()
                .id();
      } else {
        String id = HexFormat.of().formatHex(Entropy.secure().bytes(16));
        disk = takeDisk(id, machine) ? id : "";
      }
      InstanceSnapshot taken =
          new InstanceSnapshot(
              InstanceSnapshot.VERSION, Instant.now(), expiresAt, stateful, disk, config);
      store.finish(fresh, snapshot, taken);
      finished = true;
      if (stateful) {
        machine
            .orElseThrow()
            .snapshotMoved(fresh.resolve(SnapshotStore.MEMORY), store.memory(snapshot));
      }
      return taken;
    } finally {
      if (!finished) {
        store.abandon(fresh);
        forgetDisk(disk, machine);
      }
    }
  }

  /** Freezes the disk; a machine that runs stands still meanwhile. False if there is no disk. */
  private boolean takeDisk(String id, Optional<Instance> machine) throws IOException {
    if (machine.isEmpty()) {
      boolean[] taken = new boolean[1];
      host.withDisk(
          name,
          disk -> {
            disk.snapshot(id);
            taken[0] = true;
          });
      return taken[0];
    }
    Optional<LayeredDisk> disk = machine.get().layeredDisk();
    if (disk.isEmpty()) {
      return false;
    }
    boolean running = machine.get().board().machine().phase() == Machine.Phase.RUNNING;
    if (running) {
      machine.get().pause();
    }
    try {
      disk.get().snapshot(id);
    } finally {
      if (running) {
        machine.get().resume();
      }
    }
    return true;
  }

  private void onDisk(Optional<Instance> machine, Host.DiskWork work) throws IOException {
    if (machine.isEmpty()) {
      host.withDisk(name, work);
      return;
    }
    Optional<LayeredDisk> disk = machine.get().layeredDisk();
    if (disk.isPresent()) {
      work.run(disk.get());
    }
  }

  private void forgetDisk(String id, Optional<Instance> machine) throws IOException {
    if (!id.isEmpty()) {
      onDisk(
          machine,
          disk -> {
            if (names(disk).contains(id)) {
              disk.deleteSnapshot(id);
            }
          });
    }
  }

  /** Gives back the space of layers that only deleted snapshots needed. */
  void compactDisk(Optional<Instance> machine) throws IOException {
    onDisk(machine, disk -> disk.compact(DiskProgress.IGNORED));
  }

  private static Set<String> names(LayeredDisk disk) throws IOException {
    return disk.snapshots().stream().map(DiskSnapshot::name).collect(Collectors.toSet());
  }

  /** Takes the disk of an instance that is off back to a snapshot. */
  void restoreDisk(InstanceSnapshot snapshot) throws IOException {
    if (!snapshot.disk().isEmpty()) {
      host.withDisk(name, disk -> disk.restore(snapshot.disk()));
    }
  }

  /** The memory of a stateful snapshot; it is checked the first time. */
  SnapshotFolder memory(String snapshot) throws IOException {
    SnapshotFolder known = opened.get(snapshot);
    if (known == null) {
      known = SnapshotFolder.open(store.memory(snapshot));
      opened.put(snapshot, known);
    }
    return known;
  }

  /** Deletes a snapshot; machines that were started from it go on. */
  void delete(String snapshot, Optional<Instance> machine) throws IOException {
    InstanceSnapshot known = store.get(snapshot);
    opened.remove(snapshot);
    store.delete(snapshot);
    forgetDisk(known.disk(), machine);
  }

  /** Gives a snapshot another name. */
  void rename(String from, String to, Optional<Instance> machine) throws IOException {
    store.get(from);
    SnapshotStore.checkName(to);
    if (store.all().containsKey(to)) {
      throw ProblemException.badInput(
          "the instance " + name + " has a snapshot " + to + " already", "choose another name");
    }
    opened.remove(from);
    store.rename(from, to);
    machine.ifPresent(on -> on.snapshotMoved(store.memory(from), store.memory(to)));
  }

  /** Makes a disk for a copy of the instance, in the copy's folder, as it was at a snapshot. */
  void forkDisk(InstanceSnapshot snapshot, Optional<Instance> machine, Path copy)
      throws IOException {
    if (!snapshot.disk().isEmpty()) {
      onDisk(machine, disk -> disk.fork(snapshot.disk(), copy.resolve(Host.DISK_FOLDER)));
    }
  }

  /**
   * Removes what a killed process has left: half-made snapshots, and what the disk keeps for
   * snapshots that there are not.
   */
  void removeLeftovers() throws IOException {
    store.removeLeftovers();
    if (!store.isUsed()) {
      return;
    }
    Set<String> known =
        store.all().values().stream().map(InstanceSnapshot::disk).collect(Collectors.toSet());
    host.withDisk(
        name,
        disk -> {
          for (String id : names(disk)) {
            if (!known.contains(id)) {
              disk.deleteSnapshot(id);
            }
          }
        });
  }
}
