package org.javisor.host.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.javisor.machine.DirtyLog;
import org.javisor.machine.Entropy;
import org.javisor.machine.Machine;
import org.javisor.machine.StateCodec;
import org.javisor.machine.snapshot.MemoryFile;
import org.javisor.machine.snapshot.MemoryFileWriter;
import org.javisor.storage.store.DurableRename;
import org.jspecify.annotations.Nullable;

/**
 * Takes the snapshots of one machine, one at a time, and takes it back to them.
 *
 * <p>A live snapshot copies memory before it stops the machine: all of it (or what has changed
 * since the last snapshot), then what was written meanwhile, again and again until little is left
 * or it does not get less. The machine then stands still for the rest and for its devices' state.
 */
public final class SnapshotWriter {
  /** So few pages are written while the machine stands still: 2 MiB take about a millisecond. */
  private static final int FEW_PAGES = 512;

  /** A guest may write faster than we do; then further rounds bring nothing. */
  private static final int MAX_ROUNDS = 8;

  private final Machine machine;
  private final Description description;
  private final List<? extends SnapshotDisk> disks;
  private final Entropy entropy = Entropy.secure();
  private final MemoryHistory history;

  /** Says what a machine is. */
  @FunctionalInterface
  public interface Description {
    /**
     * What it is; asked for when it is needed, for the digests of its files take time.
     *
     * @throws IOException if the files it boots cannot be read
     */
    MachineDescription describe() throws IOException;
  }

  /**
   * For a machine that was built and not yet closed.
   *
   * @param disks its disks
   */
  public SnapshotWriter(
      Machine machine, Description description, List<? extends SnapshotDisk> disks) {
    this.machine = machine;
    this.description = description;
    this.disks = List.copyOf(disks);
    this.history = new MemoryHistory(machine.parts().memory());
  }

  /**
   * Takes a snapshot. A running machine runs on, a paused one stays paused.
   *
   * @param folder where it is to be, in a folder that exists; after a crash it is there wholly or
   *     not at all
   * @throws SnapshotException if there is something already, or the machine is neither running nor
   *     paused
   * @throws IOException if it cannot be written; the machine runs on
   */
  public synchronized TakenSnapshot take(Path folder, SnapshotOptions options) throws IOException {
    if (Files.exists(folder)) {
      throw new SnapshotException(folder + " is there already");
    }
    boolean running = machine.phase() == Machine.Phase.RUNNING;
    if (!running && machine.phase() != Machine.Phase.PAUSED) {
      throw new SnapshotException("the machine does not run, so it has no state to keep");
    }
    String id = HexFormat.of().formatHex(entropy.bytes(16));
    Path unfinished =
        folder.resolveSibling(folder.getFileName() + "-" + id + SnapshotFolder.UNFINISHED);
    Attempt attempt = new Attempt(id, unfinished, running, options);
    Files.createDirectory(unfinished);
    try {
      attempt.writeMemory();
      attempt.stopAndWriteRest();
      TakenSnapshot taken = attempt.finish(folder);
      history.begin(taken.folder());
      return taken;
    } catch (IOException | RuntimeException | Error e) {
      attempt.undo(e);
      throw e;
    }
  }

  /**
   * Takes the machine back to a snapshot. A running machine runs on from there, a paused one is
   * paused there.
   *
   * @throws SnapshotException if the machine is neither running nor paused, or the snapshot is of
   *     another one; it is then as before
   * @throws IOException if it cannot be read; a machine whose state was lost on the way is switched
   *     off
   */
  public synchronized void restore(SnapshotFolder folder) throws IOException {
    restore(folder, () -> {});
  }

  /**
   * As {@link #restore(SnapshotFolder)}.
   *
   * @param beforeRunning done when all has its state and nothing runs yet
   */
  public synchronized void restore(SnapshotFolder folder, Runnable beforeRunning)
      throws IOException {
    requireSameMachine(folder.manifest().machine());
    boolean running = pause();
    boolean restored = false;
    boolean touched = false;
    try {
      var state = folder.state(machine);
      for (SnapshotDisk disk : disks) {
        touched = true;
        disk.restore(folder.manifest().id());
      }
      machine.parts().memory().replaceWith(folder.memory().path());
      touched = true;
      machine.restore(state);
      beginWith(folder);
      beforeRunning.run();
      restored = true;
    } finally {
      if (!restored && touched) {
        machine.powerOff();
      } else if (running) {
        resume();
      }
    }
  }

  /**
   * A snapshot is in another place now; if it was the last one taken, the next one would be written
   * whole without this.
   */
  public synchronized void moved(Path from, Path to) {
    history.moved(from, to);
  }

  /** The machine has just been given the memory of this snapshot, and has not run since. */
  public synchronized void beginWith(SnapshotFolder folder) {
    history.log().collect();
    history.begin(folder);
  }

  private void requireSameMachine(MachineDescription other) throws IOException {
    MachineDescription own = description.describe();
    if (other.cpus() != own.cpus()
        || other.memory() != own.memory()
        || !other.ports().equals(own.ports())
        || other.disks() != own.disks()) {
      throw new SnapshotException(
          "the snapshot is of another machine: it has %d cpus, %d bytes of memory, %d disks and the ports %s"
              .formatted(other.cpus(), other.memory(), other.disks(), other.ports()));
    }
  }

  /** Whether the machine ran. */
  private boolean pause() throws SnapshotException {
    boolean running = machine.phase() == Machine.Phase.RUNNING;
    try {
      machine.pause();
    } catch (IllegalStateException e) {
      throw new SnapshotException("the machine does not run", e);
    }
    return running;
  }

  /** Lets the machine run on, unless somebody has switched it off meanwhile. */
  private void resume() {
    try {
      machine.resume();
    } catch (IllegalStateException e) {
      if (machine.phase() != Machine.Phase.STOPPED) {
        throw e;
      }
    }
  }

  /** A snapshot that is being taken. */
  private final class Attempt {
    private final String id;
    private final Path folder;
    private final boolean running;
    private final SnapshotOptions options;
    private final DirtyLog log = history.log();
    private final Optional<SnapshotFolder> previous;
    private final BitSet collected = new BitSet();
    private final MachineDescription machineDescription;
    private final List<SnapshotDisk> disksTaken = new ArrayList<>();
    private @Nullable MemoryFileWriter memory;
    private byte[] state = {};
    private boolean standing;
    private int rounds;
    private long standstill;

    Attempt(String id, Path folder, boolean running, SnapshotOptions options) throws IOException {
      machineDescription = description.describe();
      this.id = id;
      this.folder = folder;
      this.running = running;
      this.options = options;
      previous = options.incremental() ? history.last() : Optional.empty();
    }

    /** The rounds during which the machine runs. */
    void writeMemory() throws IOException {
      if (!options.live() || !running) {
        return;
      }
      int before;
      int left = Integer.MAX_VALUE;
      do {
        before = left;
        BitSet pages;
        pause();
        try {
          pages = log.collect();
        } finally {
          resume();
        }
        write(pages);
        left = log.count();
      } while (left > FEW_PAGES && left < before && rounds < MAX_ROUNDS);
      for (SnapshotDisk disk : disks) {
        disk.prepare();
      }
    }

    /** Memory that is left, disks and devices, while the machine stands still. */
    void stopAndWriteRest() throws IOException {
      pause();
      standing = true;
      long begin = System.nanoTime();
      write(log.collect());
      for (SnapshotDisk disk : disks) {
        disk.take(id);
        disksTaken.add(disk);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Machine.write(bytes, machine.save());
      state = bytes.toByteArray();
      goOn();
      standstill = System.nanoTime() - begin;
    }

    private void goOn() {
      if (standing && running) {
        resume();
      }
      standing = false;
    }

    private void write(BitSet pages) throws IOException {
      collected.or(pages);
      MemoryFileWriter writer = memory;
      if (writer == null) {
        // Without an earlier file there is no page that need not be written.
        BitSet first = previous.isPresent() ? pages : history.all();
        writer = begin(first);
        memory = writer;
        writer.write(first);
      } else {
        writer.write(pages);
      }
      rounds++;
    }

    private MemoryFileWriter begin(BitSet without) throws IOException {
      Path file = folder.resolve(SnapshotFolder.MEMORY);
      return previous.isPresent()
          ? MemoryFileWriter.copy(previous.get().memory(), without, file, machine.parts().memory())
          : MemoryFileWriter.create(file, machine.parts().memory());
    }

    TakenSnapshot finish(Path target) throws IOException {
      MemoryFileWriter writer = memory;
      if (writer == null) {
        throw new IllegalStateException("nothing has been written");
      }
      long written = writer.bytesWritten();
      MemoryFile file = writer.finish();
      CRC32C sum = new CRC32C();
      sum.update(state);
      SnapshotManifest manifest =
          new SnapshotManifest(
              id,
              previous.map(folder -> folder.manifest().id()).orElse(""),
              System.currentTimeMillis(),
              machineDescription,
              file.index(),
              state.length,
              (int) sum.getValue());
      put(SnapshotFolder.STATE, state);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StateCodec.write(bytes, manifest);
      put(SnapshotFolder.MANIFEST, bytes.toByteArray());
      DurableRename.move(folder, target);
      return new TakenSnapshot(
          new SnapshotFolder(target, manifest), Duration.ofNanos(standstill), rounds, written);
    }

    /** Writes a file aside and syncs it in its place. */
    private void put(String name, byte[] content) throws IOException {
      Path fresh = folder.resolve(name + ".new");
      try (OutputStream out = Files.newOutputStream(fresh)) {
        out.write(content);
      }
      DurableRename.move(fresh, folder.resolve(name));
    }

    /** Leaves nothing behind, and nothing unknown about the memory. */
    void undo(Throwable failure) {
      log.giveBack(collected);
      try {
        goOn();
        if (memory != null) {
          memory.close();
        }
        for (SnapshotDisk disk : disksTaken) {
          disk.forget(id);
        }
        SnapshotFolder.remove(folder);
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
