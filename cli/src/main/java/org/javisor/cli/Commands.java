package org.javisor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.javisor.host.ProblemException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** All commands: picks the one asked for, and turns what it throws into one line. */
@Command(
    name = "javisor",
    header = "Real Linux machines from one JVM program.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor run busybox -- uname -a    boot a machine, run the command, gone afterwards",
      "  javisor run -it debian             log in to a Debian machine; Ctrl-] ends it",
      "  javisor image ls                   images that are here",
      "  javisor doctor                     what this host offers, and how to mend what it lacks",
      "",
      "Exit codes: 0 done (run: the command's own), 1 failed, 2 wrong usage or bad input,",
      "3 this host lacks something (see doctor), 130 interrupted."
    })
final class Commands {

  /** Subcommands in the order of the help. */
  private static final List<String> COMMANDS =
      List.of(
          "run",
          "launch",
          "ps",
          "top",
          "exec",
          "console",
          "cp",
          "start",
          "stop",
          "restart",
          "pause",
          "resume",
          "rm",
          "config",
          "logs",
          "events",
          "snapshot",
          "restore",
          "clone",
          "move",
          "export",
          "import",
          "net",
          "up",
          "down",
          "host",
          "image",
          "doctor",
          "bench",
          "completion",
          "version");

  private Commands() {}

  /** Runs the command line and returns the exit code. */
  static int execute(String... arguments) {
    if (arguments.length == 0) {
      commandLine(COMMANDS, List.of()).usage(System.err);
      return ExitCode.BAD_INPUT;
    }
    String first = arguments[0];
    if (first.equals("help")) {
      arguments = helpArguments(arguments);
      first = arguments[0];
    } else if (first.equals("--version")) {
      first = arguments[0] = "version";
    }
    List<String> guestCommand = List.of();
    int end = Arrays.asList(arguments).indexOf("--");
    if ((first.equals("run") || first.equals("exec")) && end >= 0) {
      // What follows "--" is the guest's and passes through untouched by any option parser.
      guestCommand = List.of(arguments).subList(end + 1, arguments.length);
      arguments = Arrays.copyOf(arguments, end);
    }
    try {
      return commandLine(COMMANDS.contains(first) ? List.of(first) : COMMANDS, guestCommand)
          .execute(arguments);
    } catch (Error failure) {
      // The option parser passes on exceptions only.
      return report(failure);
    }
  }

  /** Each subcommand is built only when asked for: start-up counts. */
  private static Object subcommand(String name, List<String> guestCommand) {
    return switch (name) {
      case "run" -> new RunCommand(guestCommand);
      case "launch" -> new LaunchCommand();
      case "ps" -> new PsCommand();
      case "top" -> new TopCommand();
      case "exec" -> new ExecCommand(guestCommand);
      case "cp" -> new CopyCommand();
      case "console" -> new ConsoleCommand();
      case "start" -> new StateCommand.Start();
      case "stop" -> new StateCommand.Stop();
      case "restart" -> new StateCommand.Restart();
      case "pause" -> new StateCommand.Pause();
      case "resume" -> new StateCommand.Resume();
      case "rm" -> new RemoveCommand();
      case "config" -> new ConfigCommand();
      case "logs" -> new LogsCommand();
      case "events" -> new EventsCommand();
      case "snapshot" -> new SnapshotCommand();
      case "restore" -> new RestoreCommand();
      case "clone" -> new CloneCommand();
      case "move" -> new MoveCommand();
      case "export" -> new ExportCommand();
      case "import" -> new ImportCommand();
      case "net" -> new NetCommand();
      case "up" -> new UpCommand();
      case "down" -> new DownCommand();
      case "host" -> new HostCommand();
      case "image" -> new ImageCommand();
      case "doctor" -> new DoctorCommand();
      case "bench" -> new BenchCommand();
      case "completion" -> new CompletionCommand();
      default -> new VersionCommand();
    };
  }

  /** {@code help image build} is {@code image build --help}. */
  private static String[] helpArguments(String[] arguments) {
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
    rest[rest.length - 1] = "--help";
    return rest;
  }

  /** The whole command line, with every command. */
  static CommandLine model() {
    return commandLine(COMMANDS, List.of());
  }

  private static CommandLine commandLine(List<String> commands, List<String> guestCommand) {
    CommandLine line = new CommandLine(new Commands());
    commands.forEach(name -> line.addSubcommand(name, subcommand(name, guestCommand)));
    line.getCommandSpec()
        .addMixin("help", CommandLine.Model.CommandSpec.forAnnotatedObject(new HelpOption()));
    line.setExecutionStrategy(new CommandLine.RunLast());
    line.setParameterExceptionHandler(Commands::wrongUsage);
    line.setExecutionExceptionHandler((failure, where, parsed) -> report(failure));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  private static int wrongUsage(ParameterException wrong, String[] arguments) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    Words.say(firstLine(wrong) + "; see: " + command + " --help");
    Words.trace(wrong);
    return ExitCode.BAD_INPUT;
  }

  /** One line for the person, and the exit code. */
  static int report(Throwable failure) {
    Words.trace(failure);
    if (failure instanceof ProblemException known) {
      Words.say(known.problem().line());
      known.problem().details().forEach(line -> System.err.println("  " + line));
      return ExitCode.of(known.problem().kind());
    }
    if (failure instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    if (failure instanceof IOException || failure instanceof UncheckedIOException) {
      Words.say(firstLine(failure));
    } else {
      Words.say(
          "this is a bug in javisor: "
              + failure.getClass().getSimpleName()
              + ": "
              + firstLine(failure)
              + " (JAVISOR_DEBUG=1 shows where)");
    }
    return ExitCode.FAILED;
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse(failure.getClass().getSimpleName());
  }
}
