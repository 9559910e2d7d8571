package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.javisor.cli.JavisorProcess.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that cannot be met: one clear line, the right exit code, nothing left behind. */
class BadInputIT {
  @TempDir private Path folder;

  private void refused(int code, String words, String... arguments) throws Exception {
    JavisorProcess javisor = new JavisorProcess(folder.resolve("home"));
    refused(javisor, code, words, arguments);
  }

  private static void refused(JavisorProcess javisor, int code, String words, String... arguments)
      throws Exception {
    Outcome outcome = javisor.run(arguments);
    assertThat(outcome.words()).contains(words);
    assertThat(outcome.words().lines()).hasSize(1);
    assertThat(outcome.words()).startsWith("javisor: ");
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.code()).isEqualTo(code);
    assertThat(javisor.leftovers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          no image is called nosuch; known are busybox | run nosuch -- true
          cannot have 3 bytes of memory: give it 64 MiB to 16 GiB | run --memory 3 busybox -- true
          cannot have 1 PiB of memory | run --memory 1PiB busybox -- true
          'lots' is not a size | run --memory lots busybox -- true
          cannot have 0 cpus: give it 1 to 8 | run --cpus 0 busybox -- true
          cannot have 99 cpus | run --cpus 99 busybox -- true
          Invalid value for option '--cpus' | run --cpus x busybox -- true
          no image is named | run -- true
          Unknown option: '--colour' | run --colour busybox -- true
          --rm and --name exclude each other | run --rm --name web busybox -- true
          '../x' cannot be a machine's name | run --name ../x busybox -- true
          there is no file /no/such/Image | run --kernel /no/such/Image
          --kernel boots your own system | run --kernel /dev/null busybox
          cannot be the name of an environment variable | run --env 1=2 busybox -- true
          --env and --workdir are for a command | run --env A=2 busybox
          -t needs a terminal | run -it busybox
          cannot be written to /no/such/file | run --stats-json /no/such/file busybox -- true
          cannot be written to /no/such/file | run --trace /no/such/file busybox -- true
          the command goes after -- | run busybox uname
          no image is called nosuch | image pull nosuch
          no image is called nosuch | image rm nosuch
          image needs ls, pull, build or rm | image
          Unmatched argument at index 0: 'frobnicate' | frobnicate
          """)
  void wrongUsageIsTwo(String words, String arguments) throws Exception {
    refused(2, words, arguments.split(" ", -1));
  }

  @Test
  void aKernelThatIsNoImage() throws Exception {
    Path file = Files.writeString(folder.resolve("kernel"), "not a kernel ".repeat(100));
    refused(2, "not a RISC-V Linux Image", "run", "--kernel", file.toString());
  }

  @Test
  void lessMemoryThanTheImageNeeds() throws Exception {
    JavisorProcess javisor = new JavisorProcess(folder.resolve("home"));
    String digest = "0".repeat(64);
    Path images = javisor.home().resolve("images");
    Files.createDirectories(images.resolve("files"));
    Files.writeString(images.resolve("files").resolve(digest), "never looked at");
    Files.createDirectories(images.resolve("names"));
    Files.writeString(
        images.resolve("names/large"),
        """
        Format: 2
        Name: large
        Description: an image for a test
        Created: 2026-01-01T00:00:00Z
        Kernel: sha256:%1$s
        Initial-Ram-Disk: sha256:%1$s
        Command-Line: quiet
        Memory: 536870912
        Minimum-Memory: 134217728
        Packages:
         base-files 1.0
        """
            .formatted(digest));
    refused(
        javisor,
        2,
        "96 MiB of memory are too little for the image large: give it at least 128 MiB",
        "run --memory 96MiB large -- true".split(" ", -1));
  }

  @Test
  void noMirror() throws Exception {
    JavisorProcess javisor =
        new JavisorProcess(folder.resolve("home"))
            .with("JAVISOR_SYSTEM_ROOT", folder.toString())
            .with("XDG_CONFIG_HOME", folder.toString());
    refused(javisor, 3, "no Debian mirror is known", "run", "busybox", "--", "true");
  }

  @Test
  void aMirrorThatIsNotThere() throws Exception {
    refused(3, "cannot fetch", "image", "pull", "--mirror", "http://127.0.0.1:9/debian", "busybox");
    refused(2, "not a mirror's", "image", "pull", "--mirror", "gopher://x/", "busybox");
  }

  @Test
  void aDataFolderThatCannotBe() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    JavisorProcess javisor = new JavisorProcess(file.resolve("home"));
    refused(javisor, 3, "cannot be used", "run", "busybox", "--", "true");
  }

  @Test
  void helpIsForEveryCommandAndShowsExamples() throws Exception {
    JavisorProcess javisor = new JavisorProcess(folder.resolve("home"));
    for (String command :
        List.of(
            "",
            "run",
            "image",
            "image pull",
            "image build",
            "doctor",
            "version",
            "bench",
            "bench programs")) {
      String[] arguments =
          Stream.concat(Stream.of(command.split(" ", -1)), Stream.of("--help"))
              .filter(word -> !word.isEmpty())
              .toArray(String[]::new);
      Outcome outcome = javisor.run(arguments);
      assertThat(outcome.text()).as(command).contains("Example").contains("javisor");
      assertThat(outcome.code()).isZero();
    }
  }

  @Test
  void helpFindsSubcommandsAndTheListSaysWhatEachIsFor() throws Exception {
    JavisorProcess javisor = new JavisorProcess(folder.resolve("home"));
    assertThat(javisor.run("help", "image", "build").text()).contains("--packages");
    assertThat(javisor.run("help").text()).containsPattern("\n  run +Boot a machine");
  }

  @Test
  void doctorAndVersionAnswer() throws Exception {
    JavisorProcess javisor = new JavisorProcess(folder.resolve("home"));
    assertThat(javisor.run("version").text()).startsWith("javisor ").contains("JDK 25");
    Outcome doctor = javisor.run("doctor", "--json");
    assertThat(doctor.text()).startsWith("[").contains("\"topic\": \"jdk\"", "\"verdict\": \"ok\"");
    assertThat(Files.exists(folder.resolve("home"))).isFalse();
  }
}
