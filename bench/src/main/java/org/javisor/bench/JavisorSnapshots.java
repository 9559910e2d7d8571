package org.javisor.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.javisor.host.RestoredSpec;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.host.snapshot.SnapshotOptions;

/** Copies of a machine in this process, as a host has them. */
final class JavisorSnapshots implements SnapshotSide {
  private final Host host;
  private final boolean checkedEachTime;
  private final Path folder;
  private final SnapshotFolder snapshot;
  private long before;

  /** A copy in this process. */
  private record Running(Instance instance, double seconds) implements Copy {
    @Override
    public void close() {
      instance.close();
    }
  }

  private JavisorSnapshots(
      Host host, boolean checkedEachTime, Path folder, SnapshotFolder snapshot) {
    this.host = host;
    this.checkedEachTime = checkedEachTime;
    this.folder = folder;
    this.snapshot = snapshot;
  }

  /**
   * Boots a machine of an image and takes the snapshot of it.
   *
   * @param checkedEachTime whether every copy begins with opening the snapshot and checking it
   */
  static JavisorSnapshots take(
      Host host, String image, int cpus, long memory, boolean checkedEachTime)
      throws InterruptedException {
    MachineSpec spec =
        new MachineSpec(
            new MachineSpec.Boot.Image(image),
            cpus,
            OptionalLong.of(memory),
            OptionalLong.empty(),
            EngineKind.TRANSLATOR,
            "",
            Optional.empty(),
            false);
    Path folder = temporaryFolder();
    try (Instance machine = host.build(spec, List.of(), "")) {
      GuestConsole console = new GuestConsole();
      machine.showConsole(console);
      machine.start();
      console.require(PROMPT, PATIENCE);
      SnapshotFolder snapshot =
          machine.takeSnapshot(folder.resolve("snapshot"), SnapshotOptions.standard()).folder();
      return new JavisorSnapshots(host, checkedEachTime, folder, snapshot);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("javisor-bench");
    } catch (IOException e) {
      throw ProblemException.hostLacks(
          "no temporary folder can be made (" + e.getMessage() + ")",
          "make room or set another java.io.tmpdir");
    }
  }

  /** From now on {@link #memory} counts. */
  void beginToMeasure() {
    System.gc();
    before = ProcessMaps.own().proportional();
  }

  @Override
  public String name() {
    return "javisor";
  }

  @Override
  public Copy copy() throws InterruptedException {
    long start = System.nanoTime();
    SnapshotFolder from = checkedEachTime ? opened() : snapshot;
    Instance instance =
        host.build(
            from,
            new RestoredSpec(
                EngineKind.TRANSLATOR,
                Optional.empty(),
                List.of(),
                Optional.of(CloneIdentity.named("copy"))));
    boolean done = false;
    try {
      GuestConsole console = new GuestConsole();
      instance.showConsole(console);
      instance.start();
      byte[] command = COMMAND.getBytes(StandardCharsets.US_ASCII);
      instance.type(command, 0, command.length);
      console.require(ANSWER, PATIENCE);
      done = true;
      return new Running(instance, (System.nanoTime() - start) / 1e9);
    } finally {
      if (!done) {
        instance.close();
      }
    }
  }

  private SnapshotFolder opened() {
    try {
      return SnapshotFolder.open(snapshot.path());
    } catch (IOException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  /** Bytes of the copies' memory that their guests have written. */
  long written() {
    return ProcessMaps.own().writtenOf(snapshot.memory().path());
  }

  @Override
  public long memory() {
    System.gc();
    return ProcessMaps.own().proportional() - before;
  }

  @Override
  public void close() {
    try {
      snapshot.delete();
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
