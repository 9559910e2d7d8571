package org.javisor.storage.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AllocatedSizeTest {
  private static final long LENGTH = 1L << 30;

  @TempDir private Path folder;

  @Test
  @EnabledOnOs(OS.LINUX)
  void holesDoNotCount() throws Exception {
    Path file = folder.resolve("größe");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), LENGTH - 1);
      channel.force(true);
    }
    assertThat(Files.size(file)).isEqualTo(LENGTH);
    assertThat(AllocatedSize.of(file)).isBetween(1L, LENGTH / 2);
  }

  @Test
  void aFileThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> AllocatedSize.of(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
