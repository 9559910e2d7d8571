package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.javisor.cli.client.HostClient;
import org.javisor.host.GuestCommand;
import org.javisor.host.MachineEnd;
import org.javisor.host.MachineSpec;
import org.javisor.host.Problem;
import org.javisor.host.ProblemException;
import org.javisor.host.TerminalSize;
import org.javisor.server.http.SocketStream;
import tools.jackson.databind.JsonNode;

/**
 * What {@link MachineSession} does, with the machine in the host process: an instance of its own,
 * which is deleted at the end. The host process also deletes it when the connection to this process
 * breaks, whatever this one dies of.
 */
final class HostedRun {
  /** What a host announces that can do this. */
  private static final String EXTENSION = "javisor_runs";

  /** Bytes of arguments and variables that fit into a request, in whatever form they are there. */
  private static final long MAX_COMMAND = 150_000;

  private static final int CANCELLED = 401;
  private static final int SUCCESS = 200;

  /** Seconds that the machine may take to be gone after an interruption. */
  private static final int DELETION = 15;

  private final HostClient client;
  private final MachineSpec spec;
  private final String image;
  private final Optional<GuestCommand> command;
  private final boolean interactive;
  private final boolean tty;
  private volatile boolean left;
  private volatile boolean outputGone;

  /**
   * A run that has not begun.
   *
   * @param client of a host for which {@link #isPossible} holds
   * @param image that is here
   * @param command without one this is the machine's serial console
   * @param interactive whether standard input is typed to a console
   */
  HostedRun(
      HostClient client,
      MachineSpec spec,
      String image,
      Optional<GuestCommand> command,
      boolean interactive,
      boolean tty) {
    this.client = client;
    this.spec = spec;
    this.image = image;
    this.command = command;
    this.interactive = interactive;
    this.tty = tty;
  }

  /** Whether a host can run this: its version may be another one. */
  static boolean isPossible(HostClient client, Optional<GuestCommand> command)
      throws InterruptedException {
    if (command.map(HostedRun::length).orElse(0L) > MAX_COMMAND) {
      return false;
    }
    for (JsonNode extension : client.get("/1.0").path("api_extensions")) {
      if (extension.asString().equals(EXTENSION)) {
        return true;
      }
    }
    return false;
  }

  private static long length(GuestCommand command) {
    long length = 0;
    for (byte[] argument : command.arguments()) {
      length += argument.length;
    }
    for (Map.Entry<String, String> variable : command.environment().entrySet()) {
      length += variable.getKey().length() + variable.getValue().length();
    }
    return length;
  }

  /** Has the machine made and stays until it is gone; the process's exit code. */
  int run() throws InterruptedException, IOException {
    JsonNode operation = client.begin("POST", "/1.0/host/runs", request());
    JsonNode end;
    try (RawTerminal _ = tty ? RawTerminal.ofStandardInput() : null) {
      end = stay(operation);
    }
    if (left) {
      // The guest was in the middle of a line, such as one with its prompt.
      System.err.println();
    }
    return code(end);
  }

  private Map<String, Object> request() {
    Map<String, String> config = new HashMap<>();
    config.put("limits.cpu", String.valueOf(spec.cpus()));
    spec.memory().ifPresent(bytes -> config.put("limits.memory", String.valueOf(bytes)));
    if (!spec.append().isEmpty()) {
      config.put("javisor.append", spec.append());
    }
    Map<String, Object> request =
        HostClient.object("image", image, "config", config, "verbose", spec.verbose());
    spec.diskSize().ifPresent(bytes -> request.put("disk", String.valueOf(bytes)));
    command.ifPresent(
        wanted -> {
          request.put("command", wanted.arguments());
          request.put("environment", wanted.environment());
          wanted.workingDirectory().ifPresent(folder -> request.put("cwd", folder));
          request.put("interactive", wanted.terminal());
          request.put("width", wanted.size().map(TerminalSize::columns).orElse(0));
          request.put("height", wanted.size().map(TerminalSize::rows).orElse(0));
        });
    return request;
  }

  /** The operation's last state, after all output has been written. */
  private JsonNode stay(JsonNode operation) throws InterruptedException, IOException {
    SocketStream control = client.socket(operation, "control");
    SocketStream input = client.socket(operation, "0");
    SocketStream output = client.socket(operation, "1");
    SocketStream error = client.socket(operation, "2");
    Thread.ofVirtual().name("control").start(() -> obey(control, input));
    List<Thread> outputs =
        List.of(
            copying(output, FileDescriptor.out, control),
            copying(error, FileDescriptor.err, control));
    String path = "/1.0/operations/" + operation.path("id").asString() + "/wait?timeout=";
    JsonNode end;
    try {
      end = client.get(path + -1);
      for (Thread one : outputs) {
        one.join();
      }
    } catch (InterruptedException e) {
      control.close();
      client.get(path + DELETION);
      throw e;
    } catch (ProblemException e) {
      throw ProblemException.failed("the host process has ended, and the machine with it", "", e);
    }
    return end;
  }

  private int code(JsonNode end) {
    JsonNode said = end.path("metadata");
    int status = end.path("status_code").asInt();
    if (outputGone || said.has("output_gone")) {
      return ExitCode.OUTPUT_GONE;
    }
    if (left) {
      return command.isPresent() ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }
    if (status == SUCCESS && said.has("return")) {
      return said.path("return").asInt();
    }
    if (status == SUCCESS) {
      return code(machineEnd(said.path("end")));
    }
    if (status == CANCELLED) {
      Words.say("somebody has called it off, and the machine is gone");
      return ExitCode.INTERRUPTED;
    }
    Problem.Kind kind =
        Problem.Kind.valueOf(said.path("problem").asString("failed").toUpperCase(Locale.ROOT));
    throw new ProblemException(new Problem(kind, end.path("err").asString(), ""), null);
  }

  private int code(MachineEnd end) {
    if (end.kind() == MachineEnd.Kind.KILLED) {
      Words.say("somebody has switched the machine off");
    }
    MachineEndCode code = new MachineEndCode(end);
    return command.isPresent() ? code.ofCommand(spec.verbose()) : code.ofConsole(false);
  }

  private static MachineEnd machineEnd(JsonNode said) {
    List<String> lines = new ArrayList<>();
    said.path("console").forEach(line -> lines.add(line.asString()));
    return new MachineEnd(
        MachineEnd.Kind.valueOf(said.path("kind").asString().toUpperCase(Locale.ROOT)),
        said.path("words").asString(),
        said.path("ready").asBoolean(),
        lines);
  }

  /** Types when the host says that the guest is ready for it. */
  private void obey(SocketStream control, SocketStream input) {
    try {
      SocketStream.Message message = control.take();
      while (!(message instanceof SocketStream.Message.End)) {
        if (message instanceof SocketStream.Message.Text
            && (command.isPresent() || interactive || tty)) {
          // A read of standard input may wait for ever, and nothing can interrupt it.
          Thread.ofPlatform().daemon().name("input").start(() -> type(input, control));
        }
        message = control.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void type(SocketStream socket, SocketStream control) {
    InputStream input = new FileInputStream(FileDescriptor.in);
    byte[] part = new byte[32 * 1024];
    try {
      int count = input.read(part);
      while (count >= 0) {
        int end = tty ? DetachKey.keysBefore(part, count) : count;
        socket.send(part, 0, end);
        if (end < count) {
          left = true;
          control.close();
          return;
        }
        count = input.read(part);
      }
      if (command.isPresent() && !tty) {
        // The API's end of standard input is an empty text; the connection stays for the output.
        socket.send("");
      }
    } catch (IOException e) {
      return; // Nobody types any more, or the machine is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread copying(SocketStream from, FileDescriptor to, SocketStream control) {
    return Thread.ofPlatform()
        .daemon()
        .name("output")
        .start(() -> copy(from, new FileOutputStream(to), control));
  }

  /** A command whose output nobody reads ends; a console goes on without. */
  private void copy(SocketStream from, OutputStream to, SocketStream control) {
    boolean gone = false;
    try {
      SocketStream.Message message = from.take();
      while (message instanceof SocketStream.Message.Binary binary) {
        try {
          if (!gone) {
            to.write(binary.bytes());
          }
        } catch (IOException e) {
          gone = true;
          if (command.isPresent() && !tty) {
            outputGone = true;
            control.close();
          }
        }
        message = from.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
