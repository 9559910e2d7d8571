package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The real {@code ./javisor}, as a person starts it. */
final class JavisorProcess {
  private static final Path LAUNCHER = Path.of("..", "javisor").toAbsolutePath().normalize();

  private static final List<String> DEFAULT_SIGNALS = defaultSignals();

  private final Path home;
  private final Map<String, String> environment = new LinkedHashMap<>();

  /** With its data in this folder. */
  JavisorProcess(Path home) {
    this.home = home;
    environment.put("JAVISOR_HOME", home.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  /** With images that stay from test to test, and from build to build. */
  static JavisorProcess withSharedImages() {
    String given = System.getenv("JAVISOR_TEST_HOME");
    Path home = given == null ? Path.of("target", "test-home").toAbsolutePath() : Path.of(given);
    return new JavisorProcess(home);
  }

  /** With its data in an empty folder, but with those images, of which it has this one. */
  static JavisorProcess withSharedImages(Path home, String image) throws Exception {
    JavisorProcess images = withSharedImages();
    // A machine that only has the image made is booted once for all tests.
    if (!Files.exists(images.home().resolve("images").resolve("names").resolve(image))) {
      images.done("run", image, "--", "true");
    }
    Files.createSymbolicLink(home.resolve("images"), images.home().resolve("images"));
    return new JavisorProcess(home);
  }

  JavisorProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Path home() {
    return home;
  }

  static String launcher() {
    return LAUNCHER.toString();
  }

  /** How a run ended. */
  record Outcome(int code, byte[] output, String words) {
    String text() {
      return new String(output, UTF_8);
    }
  }

  /** Starts it; standard error goes to a file that {@link Running#words} reads. */
  Running start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(DEFAULT_SIGNALS);
    command.add(launcher());
    command.addAll(List.of(arguments));
    return startCommand(command);
  }

  /**
   * What to put before a command so that Ctrl-C reaches it. A build started in the background by a
   * script has SIGINT ignored, and so have its children, which cannot undo it themselves.
   */
  private static List<String> defaultSignals() {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> trial = new ArrayList<>(prefix);
    trial.add("true");
    try {
      Process process = new ProcessBuilder(trial).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0 ? prefix : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Starts any command in the same environment. */
  Running startCommand(List<String> command) throws IOException {
    Path words = Files.createTempFile("javisor-words", "");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(words.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("JAVISOR_"));
    builder.environment().putAll(environment);
    return new Running(builder.start(), words);
  }

  /** Runs it to its end with this standard input. */
  Outcome run(byte[] input, String... arguments) throws Exception {
    Running running = start(arguments);
    Thread feeder =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (OutputStream stdin = running.process().getOutputStream()) {
                    stdin.write(input);
                  } catch (IOException e) {
                    // It did not want all of it.
                  }
                });
    Outcome outcome = running.end();
    feeder.join();
    return outcome;
  }

  Outcome run(String... arguments) throws Exception {
    return run(new byte[0], arguments);
  }

  /** Runs what has to end well. */
  Outcome done(String... arguments) throws Exception {
    Outcome outcome = run(arguments);
    assertThat(outcome.code()).as("%s: %s", String.join(" ", arguments), outcome.words()).isZero();
    return outcome;
  }

  /** The host process of its data folder, if one runs. */
  Optional<ProcessHandle> hostProcess() throws Exception {
    return run("host", "status")
        .text()
        .lines()
        .filter(line -> line.startsWith("process"))
        .findFirst()
        .flatMap(line -> ProcessHandle.of(Long.parseLong(line.replaceAll("[^0-9]", ""))));
  }

  /** Folders of machines that should not be there when none runs. */
  List<Path> leftovers() throws IOException {
    Path throwAway = home.resolve("throwaway");
    if (!Files.isDirectory(throwAway)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(throwAway)) {
      return folders.toList();
    }
  }

  /** A process on its way. */
  record Running(Process process, Path wordsFile) {
    String words() throws IOException {
      return Files.readString(wordsFile);
    }

    /** Waits until it has said this. */
    void waitForWords(String said) throws Exception {
      while (!words().contains(said)) {
        if (!process.isAlive()) {
          throw new IOException("ended before '" + said + "':\n" + words());
        }
        Thread.sleep(10);
      }
    }

    /** Reads its output up to and including this text. */
    String readUntil(String end) throws IOException {
      InputStream output = process.getInputStream();
      StringBuilder seen = new StringBuilder();
      int b = output.read();
      while (b >= 0) {
        seen.append((char) b);
        if (seen.length() >= end.length()
            && seen.substring(seen.length() - end.length()).equals(end)) {
          return seen.toString();
        }
        b = output.read();
      }
      throw new IOException("ended before '" + end + "': " + seen + "\n" + words());
    }

    void type(String keys) throws IOException {
      process.getOutputStream().write(keys.getBytes(UTF_8));
      process.getOutputStream().flush();
    }

    void signal(String name) throws Exception {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IOException("kill -" + name + " failed");
      }
    }

    Outcome end() throws Exception {
      byte[] output = process.getInputStream().readAllBytes();
      int code = process.waitFor();
      String words = words();
      Files.delete(wordsFile);
      return new Outcome(code, output, words);
    }
  }
}
