package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.javisor.host.TerminalSize;
import org.javisor.server.http.SocketStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor exec}. */
@Command(
    name = "exec",
    sortOptions = false,
    customSynopsis = "javisor exec [OPTIONS] NAME -- COMMAND...",
    description = {
      "Run a command in a running instance. Standard input, output and error are the command's,"
          + " byte for byte, and so is the exit code.",
      "Without -t Ctrl-C ends the command: by SIGINT, after 2 s by SIGTERM, then by force."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor exec web -- uname -a",
      "  javisor exec -t web -- sh",
      "  cat file | javisor exec web -- sha256sum",
      "  javisor exec -e LANG=C -w /tmp web -- sh -c 'echo $LANG; pwd'"
    })
final class ExecCommand implements Callable<Integer> {
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  /** Status codes of operations that have ended. */
  private static final int OVER = 200;

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-t", "--tty"},
      description = "Give the command a terminal, which is yours.")
  boolean tty;

  @Option(
      names = {"-i", "--interactive"},
      description = "Accepted for habit: standard input is the command's anyway.")
  boolean interactive;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      description = "Set an environment variable; KEY alone takes it from here.")
  List<String> environment = List.of();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "Where in the machine the command starts.")
  @Nullable String workingDirectory;

  @Option(names = "--user", paramLabel = "UID", description = "Whose the process is; by default 0.")
  int user;

  @Parameters(index = "0", paramLabel = "NAME", description = "The instance.")
  String name = "";

  @Parameters(index = "1..*", hidden = true)
  List<String> misplaced = List.of();

  private final List<String> command;

  /** {@code command} is what stood after {@code --}. */
  ExecCommand(List<String> command) {
    this.command = command;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (!misplaced.isEmpty() || command.isEmpty()) {
      throw ProblemException.badInput(
          "the command goes after --", "javisor exec " + name + " -- uname -a");
    }
    if (tty && !Terminal.isTerminal(Terminal.STANDARD_INPUT)) {
      throw ProblemException.badInput(
          "-t needs a terminal, and standard input is none", "leave -t out");
    }
    Optional<TerminalSize> size =
        tty ? Terminal.size(Terminal.STANDARD_INPUT) : Optional.<TerminalSize>empty();
    try (HostClient client = HostCommand.process().connect()) {
      JsonNode operation =
          client.begin(
              "POST",
              "/1.0/instances/" + HostClient.encoded(name) + "/exec",
              HostClient.object(
                  "command",
                  command,
                  "environment",
                  environment(),
                  "interactive",
                  tty,
                  "wait-for-websocket",
                  true,
                  "cwd",
                  workingDirectory,
                  "user",
                  user,
                  "width",
                  size.map(TerminalSize::columns).orElse(0),
                  "height",
                  size.map(TerminalSize::rows).orElse(0)));
      SocketStream control = client.socket(operation, "control");
      String path = "/1.0/operations/" + operation.path("id").asString();
      Thread.ofVirtual().name("patience").start(() -> tellOfWaiting(client, path));
      try (RawTerminal _ = tty ? RawTerminal.ofStandardInput() : null) {
        if (tty) {
          SocketStream all = client.socket(operation, "0");
          watchSize(control, size);
          startTyping(all);
          copy(all, new FileOutputStream(FileDescriptor.out));
        } else {
          SocketStream input = client.socket(operation, "0");
          SocketStream output = client.socket(operation, "1");
          SocketStream error = client.socket(operation, "2");
          startTyping(input);
          Thread errors =
              Thread.ofPlatform()
                  .daemon()
                  .start(() -> copyQuietly(error, new FileOutputStream(FileDescriptor.err)));
          copy(output, new FileOutputStream(FileDescriptor.out));
          errors.join();
        }
      } catch (InterruptedException e) {
        endCommand(client, path, control);
        throw e;
      }
      JsonNode end = client.await(operation.path("id").asString());
      return end.path("metadata").path("return").asInt(ExitCode.FAILED);
    }
  }

  /** What is not there yet is said once: a machine may be booting, or have no agent. */
  private void tellOfWaiting(HostClient client, String path) {
    try {
      Thread.sleep(SILENCE);
      if (client.get(path).path("metadata").has("waiting")) {
        Words.say(
            "the agent in "
                + name
                + " does not answer yet; waiting until it has booted (Ctrl-C ends this)");
      }
    } catch (ProblemException e) {
      return; // The command is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ctrl-C here is for the command. A shell's background job ignores it, which in a busybox guest
   * every command is, so what is left is asked to end, and in the end is killed.
   */
  private static void endCommand(HostClient client, String path, SocketStream control)
      throws InterruptedException {
    try {
      boolean begun = !client.get(path).path("metadata").has("waiting");
      for (int signal : begun ? new int[] {SIGINT, SIGTERM} : new int[0]) {
        control.send("{\"command\":\"signal\",\"signal\":" + signal + "}");
        if (client.get(path + "/wait?timeout=2").path("status_code").asInt() >= OVER) {
          return;
        }
      }
      client.call("DELETE", path, null);
      client.get(path + "/wait?timeout=2");
    } catch (IOException | ProblemException e) {
      return; // It is over, or the host is gone.
    }
  }

  private Map<String, String> environment() {
    Map<String, String> variables = CommandEnvironment.of(environment);
    if (tty && System.getenv("TERM") != null) {
      variables.putIfAbsent("TERM", System.getenv("TERM"));
    }
    return variables;
  }

  private static void copyQuietly(SocketStream from, OutputStream to) {
    try {
      copy(from, to);
    } catch (IOException e) {
      from.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(SocketStream from, OutputStream to)
      throws IOException, InterruptedException {
    SocketStream.Message message = from.take();
    while (!(message instanceof SocketStream.Message.End)) {
      switch (message) {
        case SocketStream.Message.Binary binary -> to.write(binary.bytes());
        case SocketStream.Message.Text text ->
            to.write(text.text().getBytes(StandardCharsets.UTF_8));
        case SocketStream.Message.End end -> {}
      }
      message = from.take();
    }
  }

  private static void startTyping(SocketStream socket) {
    // A read of standard input may wait for ever, and nothing can interrupt it.
    Thread.ofPlatform().daemon().name("input").start(() -> type(socket));
  }

  private static void type(SocketStream socket) {
    InputStream input = new FileInputStream(FileDescriptor.in);
    byte[] part = new byte[32 * 1024];
    try {
      int count = input.read(part);
      while (count >= 0) {
        socket.send(part, 0, count);
        count = input.read(part);
      }
      // The API's end of standard input is an empty text; the connection stays for the output.
      socket.send("");
    } catch (IOException e) {
      socket.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells the guest's terminal when this one's size changes; nothing else says so to a JVM. */
  private static void watchSize(SocketStream control, Optional<TerminalSize> first) {
    Thread.ofVirtual()
        .name("terminal size")
        .start(
            () -> {
              Optional<TerminalSize> told = first;
              try {
                while (true) {
                  Thread.sleep(300);
                  Optional<TerminalSize> now = Terminal.size(Terminal.STANDARD_INPUT);
                  if (now.isPresent() && !now.equals(told)) {
                    told = now;
                    control.send(
                        new String(
                            HostClient.JSON.writeValueAsBytes(
                                Map.of(
                                    "command",
                                    "window-resize",
                                    "args",
                                    Map.of(
                                        "width", String.valueOf(now.get().columns()),
                                        "height", String.valueOf(now.get().rows())))),
                            StandardCharsets.UTF_8));
                  }
                }
              } catch (IOException e) {
                control.close();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
