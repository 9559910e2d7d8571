package org.javisor.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script, run by this host's own POSIX shell. */
class GuestCommandTest {
  @TempDir private Path folder;

  private record Outcome(String output, int code) {}

  private Outcome run(GuestCommand command) throws IOException, InterruptedException {
    Path script = Files.write(folder.resolve("script"), command.script());
    Process shell =
        new ProcessBuilder("sh", script.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), ISO_8859_1);
    return new Outcome(output, shell.waitFor());
  }

  @Test
  void argumentsArriveByteForByte() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add("printf".getBytes(UTF_8));
    arguments.add("%s\\0".getBytes(UTF_8));
    StringBuilder expected = new StringBuilder();
    byte[] everyByte = new byte[255];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) (i + 1);
    }
    arguments.add(everyByte);
    arguments.add(new byte[0]);
    arguments.add("'".getBytes(UTF_8));
    arguments.add("a'b''c\n$(echo no) `no` \\ \"".getBytes(UTF_8));
    for (int i = 0; i < 50; i++) {
      byte[] argument = new byte[random.nextInt(200)];
      random.nextBytes(argument);
      for (int k = 0; k < argument.length; k++) {
        argument[k] = argument[k] == 0 ? (byte) '\'' : argument[k];
      }
      arguments.add(argument);
    }
    for (byte[] argument : arguments.subList(2, arguments.size())) {
      expected.append(new String(argument, ISO_8859_1)).append('\0');
    }
    GuestCommand command =
        new GuestCommand(arguments, Map.of(), Optional.empty(), false, Optional.empty());
    Outcome outcome = run(command);
    assertThat(outcome.output()).as("seed %d", seed).isEqualTo(expected.toString());
    assertThat(outcome.code()).isZero();
  }

  @Test
  void environmentAndWorkingDirectoryAreSet() throws Exception {
    Path work = Files.createDirectory(folder.resolve("a 'b'"));
    GuestCommand command =
        new GuestCommand(
            words("sh", "-c", "pwd; printf %s \"$GREETING\""),
            Map.of("GREETING", "it's\n$HOME"),
            Optional.of(work.toRealPath().toString()),
            false,
            Optional.empty());
    assertThat(run(command).output()).isEqualTo(work.toRealPath() + "\nit's\n$HOME");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 255})
  void exitCodeIsTheCommands(int code) throws Exception {
    assertThat(run(GuestCommand.of("sh", "-c", "exit " + code)).code()).isEqualTo(code);
  }

  @Test
  void missingThingsEndAsTheShellHasIt() throws Exception {
    assertThat(run(GuestCommand.of("/no/such/program")).code()).isEqualTo(127);
    assertThat(run(GuestCommand.of("/")).code()).isEqualTo(126);
    GuestCommand elsewhere =
        new GuestCommand(
            words("true"), Map.of(), Optional.of("/no/such/folder"), false, Optional.empty());
    assertThat(run(elsewhere).code()).isEqualTo(126);
  }

  @Test
  void refusesWhatNoShellCouldExport() {
    for (String name : List.of("", "1A", "A-B", "A;reboot", "Ä")) {
      assertThatThrownBy(
              () ->
                  new GuestCommand(
                      words("true"), Map.of(name, "x"), Optional.empty(), false, Optional.empty()))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("'" + name + "'");
    }
    assertThatThrownBy(() -> GuestCommand.of("")).isInstanceOf(ProblemException.class);
  }

  private static List<byte[]> words(String... words) {
    return Arrays.stream(words).map(word -> word.getBytes(UTF_8)).toList();
  }
}
