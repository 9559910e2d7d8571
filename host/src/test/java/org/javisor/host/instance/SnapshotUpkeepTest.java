package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.image.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of snapshots, and of the space that they take, in the course of time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SnapshotUpkeepTest {
  @TempDir private Path folder;
  private InstanceStore store;
  private HostedInstance instance;

  @BeforeEach
  void open() throws Exception {
    DataFolder data = DataFolder.open(folder.resolve("data"));
    store = new InstanceStore(new Host(data, Map.of(), Optional.empty(), Progress.NONE), data);
    instance =
        store.create(
            "web",
            TinyKernel.machine(folder, TinyKernel.IDLE),
            InstanceConfig.of(Instant.now())
                .withDevices(Map.of("root", Map.of("type", "disk", "path", "/", "size", "16MiB"))));
    instance.start();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aSnapshotPastItsTimeIsDeletedAndNoOther() throws Exception {
    Instant end = Instant.parse("2030-01-01T00:00:00Z");
    instance.takeSnapshot("short", false, Optional.of(end));
    instance.takeSnapshot("long", false, Optional.of(end.plusSeconds(1)));
    instance.takeSnapshot("kept", false, Optional.empty());
    SnapshotExpiry.deleteExpired(store, end.minusSeconds(1));
    assertThat(instance.snapshots()).hasSize(3);
    SnapshotExpiry.deleteExpired(store, end);
    assertThat(instance.snapshots()).containsOnlyKeys("long", "kept");
  }

  @Test
  void aRenamedSnapshotIsStillWhatTheNextOneBeginsWith() throws Exception {
    instance.takeSnapshot("first", true, Optional.empty());
    instance.renameSnapshot("first", "base");
    instance.takeSnapshot("second", true, Optional.empty());
    Path second = instance.folder().resolve("snapshots").resolve("second");
    Path base = instance.folder().resolve("snapshots").resolve("base");
    assertThat(previous(second)).isEqualTo(id(base));
  }

  private static String id(Path snapshot) throws Exception {
    return SnapshotFolder.open(snapshot.resolve(SnapshotStore.MEMORY)).manifest().id();
  }

  private static String previous(Path snapshot) throws Exception {
    return SnapshotFolder.open(snapshot.resolve(SnapshotStore.MEMORY)).manifest().previous();
  }

  @Test
  void layersOfDeletedSnapshotsAreMerged() throws Exception {
    for (int i = 0; i < 3; i++) {
      instance.takeSnapshot("s" + i, false, Optional.empty());
    }
    long layers = layerFiles();
    for (int i = 0; i < 3; i++) {
      instance.deleteSnapshot("s" + i);
    }
    assertThat(layerFiles()).isEqualTo(layers - 3);
  }

  private long layerFiles() throws Exception {
    try (var files = Files.list(instance.folder().resolve(Host.DISK_FOLDER))) {
      return files.count();
    }
  }

  @Test
  void whatAFolderTakesIsWithoutTheHolesOfItsFiles() throws Exception {
    Path some = Files.createDirectory(folder.resolve("some"));
    try (RandomAccessFile sparse = new RandomAccessFile(some.resolve("disk").toFile(), "rw")) {
      sparse.setLength(1L << 30);
      sparse.write(new byte[100_000]);
    }
    assertThat(new FolderSize(some).bytes()).isBetween(100_000L, 10_000_000L);
  }
}
