package org.javisor.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.javisor.storage.block.LayeredDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeredSnapshotDiskTest {
  @TempDir private Path folder;

  private static void put(LayeredDisk disk, int value) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4096);
    block.put(0, (byte) value);
    disk.write(8192, block);
  }

  private static int get(LayeredDisk disk) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4096);
    disk.read(8192, block);
    return block.get(0);
  }

  @Test
  void theDiskIsTakenBackAsOftenAsWanted() throws IOException {
    try (LayeredDisk disk = LayeredDisk.createEmpty(folder.resolve("disk"), 1 << 20)) {
      SnapshotDisk taken = new LayeredSnapshotDisk(disk);
      put(disk, 1);
      taken.prepare();
      taken.take("a");
      put(disk, 2);
      taken.take("b");
      put(disk, 3);
      taken.restore("a");
      assertThat(get(disk)).isEqualTo(1);
      taken.restore("b");
      assertThat(get(disk)).isEqualTo(2);
      taken.forget("b");
      taken.forget("b");
      assertThatThrownBy(() -> taken.restore("b")).isInstanceOf(IOException.class);
      assertThat(get(disk)).isEqualTo(2);
    }
  }
}
