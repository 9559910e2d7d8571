package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher script, in a tree of its own with a small program in place of ours. */
class LauncherTest {
  private static final String JAVA_HOME = System.getProperty("java.home");

  @TempDir private Path folder;
  private Path tree;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int code, String output, String words) {}

  @BeforeEach
  void layOut() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX system");
    tree = Files.createDirectories(folder.resolve("a tree/of javisor"));
    Files.copy(Path.of("../javisor"), tree.resolve("javisor"));
    Files.createDirectories(tree.resolve("cli/src/main/java"));
    Files.writeString(tree.resolve("pom.xml"), "<project/>");
    environment.put("JAVA_HOME", JAVA_HOME);
    environment.put("HOME", folder.toString());
    environment.put("PATH", System.getenv("PATH"));
  }

  private Path library() {
    return tree.resolve("cli/target/lib");
  }

  /** Puts a jar in place whose program prints {@code words} and its arguments, then ends with 5. */
  private void build(String words) throws Exception {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path source = folder.resolve("Javisor.java");
    Files.writeString(
        source,
        """
        package org.javisor.cli;
        public class Javisor {
          public static void main(String[] a) {
            System.out.println("%s " + String.join("|", a));
            System.exit(a.length == 1 && a[0].equals("help") ? 0 : 5);
          }
        }
        """
            .formatted(words));
    Process compiler =
        new ProcessBuilder(JAVA_HOME + "/bin/javac", "-d", classes.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    Files.createDirectories(library());
    try (OutputStream file = Files.newOutputStream(library().resolve("javisor-cli-1.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("org/javisor/cli/Javisor.class"));
      jar.write(Files.readAllBytes(classes.resolve("org/javisor/cli/Javisor.class")));
      jar.closeEntry();
    }
  }

  private Outcome run(Path launcher, Path from, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path words = folder.resolve("words");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(from.toFile()).redirectError(words.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output, Files.readString(words));
  }

  private Outcome run(String... arguments) throws Exception {
    return run(tree.resolve("javisor"), tree, arguments);
  }

  private void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> caches() throws IOException {
    try (Stream<Path> files = Files.list(library())) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".aot")).toList();
    }
  }

  @Test
  void passesArgumentsAndExitCodeAndSaysNothingItself() throws Exception {
    build("first");
    assertThat(run("a b", "", "*", "'")).isEqualTo(new Outcome(5, "first a b||*|'\n", ""));
  }

  @Test
  void aChangedJarIsRunAndNotWhatTheCacheRemembers() throws Exception {
    build("first");
    assertThat(run("x").output()).isEqualTo("first x\n");
    List<String> before = caches();
    assertThat(before).hasSize(2);
    assertThat(run("x").output()).isEqualTo("first x\n");
    assertThat(caches()).isEqualTo(before);
    build("other");
    assertThat(run("x").output()).isEqualTo("other x\n");
    assertThat(caches()).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void worksThroughLinksAndFromElsewhere() throws Exception {
    build("first");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("j"), tree.resolve("javisor"));
    Path second = Files.createSymbolicLink(folder.resolve("j2"), Path.of("elsewhere/j"));
    assertThat(run(link, elsewhere, "x").output()).isEqualTo("first x\n");
    assertThat(run(second, Path.of("/"), "x").output()).isEqualTo("first x\n");
  }

  @Test
  void buildsOnFirstUseAndWhenSourcesAreNewer() throws Exception {
    build("first");
    Path prepared = folder.resolve("prepared.jar");
    Files.move(library().resolve("javisor-cli-1.jar"), prepared);
    script(
        folder.resolve("bin/mvn"),
        "echo '[INFO] Building javisor-cli 1   [9/9]'\n"
            + ("mkdir -p '" + library() + "'\n")
            + ("cp '" + prepared + "' '" + library() + "/javisor-cli-1.jar'\n"));
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));

    Outcome first = run("x");
    assertThat(first.output()).isEqualTo("first x\n");
    assertThat(first.words()).contains("building on first use").contains("javisor-build.log");
    assertThat(run("x").words()).isEmpty();

    Path source = Files.writeString(tree.resolve("cli/src/main/java/New.java"), "class New {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run("x").words()).contains("the sources have changed");
  }

  @Test
  void aFailedBuildShowsItsEnd() throws Exception {
    script(folder.resolve("bin/mvn"), "echo '[ERROR] Foo.java: it is wrong'\nexit 1\n");
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    Outcome outcome = run("version");
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.words()).contains("the build failed").contains("Foo.java: it is wrong");
  }

  @ParameterizedTest
  @CsvSource({
    "dnf, dnf install -y java-25-openjdk-devel",
    "pacman, pacman -S --needed --noconfirm jdk-openjdk",
    "apk, apk add openjdk25",
    "zypper, zypper install -y java-25-openjdk-devel",
    "brew, brew install openjdk"
  })
  void withoutJdkItSaysTheLineThatInstallsOne(String manager, String line) throws Exception {
    Path root = folder.resolve("root");
    script(root.resolve("usr/bin/" + manager), "");
    environment.remove("JAVA_HOME");
    environment.put("JAVISOR_SYSTEM_ROOT", root.toString());
    Outcome outcome = run("version");
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.words()).contains("JDK 25 or newer is needed").contains(line);
  }

  @Test
  void onADebianWithoutSuchAJdkTheNextReleaseServes() throws Exception {
    Path root = folder.resolve("root");
    script(root.resolve("usr/bin/apt-get"), "");
    script(folder.resolve("bin/apt-cache"), "echo '  Candidate: (none)'\n");
    Files.createDirectories(root.resolve("etc/apt/sources.list.d"));
    Files.writeString(
        root.resolve("etc/apt/sources.list.d/debian.sources"),
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n");
    environment.remove("JAVA_HOME");
    environment.put("JAVISOR_SYSTEM_ROOT", root.toString());
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    Outcome outcome = run("version");
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.words())
        .contains("http://mirror.example/debian trixie main")
        .contains("Pin-Priority: 100")
        .contains("apt-get install -y -t trixie openjdk-25-jdk-headless");
  }

  @Test
  void anOldJdkIsNotTaken() throws Exception {
    build("first");
    Path old = folder.resolve("old");
    script(old.resolve("bin/java"), "echo old\n");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    environment.put("JAVA_HOME", old.toString());
    environment.put("JAVISOR_SYSTEM_ROOT", folder.resolve("root").toString());
    Outcome outcome = run("x");
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.output()).isEmpty();
  }
}
