package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.javisor.cli.completion.CompletionScript;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real bash offers at Tab. */
class CompletionTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path home;

  @BeforeEach
  void keepThings() throws Exception {
    assumeTrue(Files.isExecutable(BASH), "needs bash");
    Files.createDirectories(home.resolve("machines/web/snapshots/warm"));
    Files.createDirectories(home.resolve("machines/web-2"));
    Files.createDirectories(home.resolve("machines/.new-half"));
    Files.createDirectories(home.resolve("machines/db/snapshots/cold"));
    Files.createDirectories(home.resolve("networks/lab"));
    Files.createDirectories(home.resolve("images/names"));
    Files.writeString(home.resolve("images/names/busybox"), "");
    Files.writeString(home.resolve("images/names/debian@trixie"), "");
    Files.writeString(home.resolve("site.conf"), "");
    Files.writeString(
        home.resolve("complete.bash"),
        CompletionScript.bash(Commands.model())
            + """
              COMP_WORDS=("$@")
              COMP_CWORD=$(($# - 1))
              _javisor
              printf '%s\\n' "${COMPREPLY[@]}"
              """);
  }

  /** What may stand in place of the last of these words, as bash splits them. */
  private List<String> offered(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(BASH.toString(), "--norc", "complete.bash", "javisor"));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVISOR_HOME", home.toString());
    Process bash = builder.start();
    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(output).isZero();
    return output.lines().filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void commandsAndOptions() throws Exception {
    assertThat(offered("")).contains("run", "exec", "top", "completion", "help");
    assertThat(offered("st")).containsExactly("start", "stop");
    assertThat(offered("snapshot", "")).containsExactlyInAnyOrder("create", "ls", "rm");
    assertThat(offered("help", "snap")).containsExactly("snapshot");
    assertThat(offered("ps", "--a")).containsExactly("--all");
    assertThat(offered("run", "--engine", "int")).containsExactly("interpreter");
    assertThat(offered("run", "--engine", "=", "int")).containsExactly("interpreter");
    assertThat(offered("launch", "--restart", "al")).containsExactly("always");
    assertThat(offered("completion", "")).containsExactly("bash", "zsh");
  }

  @Test
  void namesOfWhatIsKept() throws Exception {
    assertThat(offered("exec", "-t", "w")).containsExactly("web", "web-2");
    assertThat(offered("exec", "-e", "A", "=", "B", "d")).containsExactly("db");
    assertThat(offered("rm", "web", "w")).containsExactly("web", "web-2");
    assertThat(offered("restore", "web", "")).containsExactly("warm");
    assertThat(offered("clone", "db/")).containsExactly("db/cold");
    assertThat(offered("net", "rm", "")).containsExactly("lab");
    assertThat(offered("image", "rm", "busy")).containsExactly("busybox");
    assertThat(offered("cp", "s")).containsExactly("site.conf");
    assertThat(offered("cp", "site.conf", "d")).containsExactly("db:");
    assertThat(offered("up", "")).contains("site.conf");
  }

  @Test
  void aNameWithAColonIsCompletedBehindIt() throws Exception {
    assertThat(offered("run", "deb")).containsExactly("debian:trixie");
    assertThat(offered("run", "debian", ":", "tr")).containsExactly("trixie");
  }

  @Test
  void theGuestsWordsAreItsOwn() throws Exception {
    assertThat(offered("exec", "web", "--", "w")).isEmpty();
  }
}
