package org.javisor.storage.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableRenameTest {
  @TempDir Path folder;

  @Test
  void takesThePlaceOfAnEarlierFile() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "old");
    Path fresh = Files.writeString(folder.resolve("fresh"), "new");
    assertThat(fresh.toFile().setReadOnly()).isTrue();
    assertThat(DurableRename.move(fresh, target)).isEqualTo(target).hasContent("new");
    assertThat(fresh).doesNotExist();
  }

  @Test
  void leavesAnEarlierFileWhenThereIsNoNewOne() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "old");
    assertThatThrownBy(() -> DurableRename.move(folder.resolve("none"), target))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(target).hasContent("old");
  }

  @Test
  void anInterruptionWaitsUntilTheFileIsInPlace() throws Exception {
    Path fresh = Files.writeString(folder.resolve("fresh"), "new");
    Thread.currentThread().interrupt();
    assertThat(DurableRename.move(fresh, folder.resolve("target"))).hasContent("new");
    assertThat(Thread.interrupted()).isTrue();
  }
}
