package org.javisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path folder;

  @Test
  void isWhereTheEnvironmentSays() {
    assertThat(DataFolder.locate(Map.of("JAVISOR_HOME", "/x", "XDG_DATA_HOME", "/y", "HOME", "/z")))
        .isEqualTo(Path.of("/x"));
    assertThat(DataFolder.locate(Map.of("XDG_DATA_HOME", "/y", "HOME", "/z")))
        .isEqualTo(Path.of("/y/javisor"));
    assertThat(DataFolder.locate(Map.of("XDG_DATA_HOME", "relative", "HOME", "/z")))
        .isEqualTo(Path.of("/z/.local/share/javisor"));
  }

  @Test
  void throwAwayFoldersLeaveNothing() throws Exception {
    DataFolder data = DataFolder.open(folder.resolve("data"));
    Path path;
    try (MachineFolder machine = data.throwAway()) {
      path = machine.path();
      Files.createDirectories(path.resolve("a/b"));
      Files.writeString(path.resolve("a/b/disk"), "x");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void leftoversOfDeadProcessesAreRemovedAndOthersAreNot() throws Exception {
    Path root = folder.resolve("data");
    DataFolder data = DataFolder.open(root);
    Path dead = Files.createDirectories(root.resolve("throwaway/1-dead"));
    Files.writeString(dead.resolve("disk"), "x");
    try (MachineFolder alive = data.throwAway()) {
      DataFolder again = DataFolder.open(root);
      assertThat(again.root()).isEqualTo(root);
      assertThat(dead).doesNotExist();
      assertThat(alive.path()).exists();
    }
  }

  @Test
  void aNamedMachineRunsOnceAndStays() throws Exception {
    DataFolder data = DataFolder.open(folder.resolve("data"));
    Path path;
    try (MachineFolder machine = data.named("web-1")) {
      path = machine.path();
      assertThatThrownBy(() -> data.named("web-1"))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("web-1 is running already");
    }
    assertThat(path).exists();
    data.named("web-1").close();
  }

  @Test
  void anotherLayoutIsLeftAlone() throws Exception {
    Path root = Files.createDirectories(folder.resolve("data"));
    Files.writeString(root.resolve("version"), "2\n");
    assertThatThrownBy(() -> DataFolder.open(root))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("layout 2");
  }
}
