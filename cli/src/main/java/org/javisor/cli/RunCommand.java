package org.javisor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ByteSize;
import org.javisor.host.EngineKind;
import org.javisor.host.GuestCommand;
import org.javisor.host.Host;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code javisor run}. */
@Command(
    name = "run",
    sortOptions = false,
    customSynopsis = {
      "javisor run [OPTIONS] IMAGE -- COMMAND...    run a command in a new machine",
      "       javisor run [OPTIONS] -it IMAGE              log in on its serial console",
      "       javisor run [OPTIONS] --kernel FILE          boot your own"
    },
    header = {"Boot a machine: a command in it, its console, or a kernel of your own.", ""},
    description = {
      "",
      "Boots a machine. With a command it ends with the command, and so does javisor, with the"
          + " command's exit code; standard input, output and error are the command's, byte for"
          + " byte. Without one, the machine's serial console is standard input and output until"
          + " the machine is switched off.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor run busybox -- uname -a                    run a command, gone afterwards",
      "  cat file | javisor run busybox -- sha256sum        standard input goes to the command",
      "  javisor run --cpus 4 --memory 1GiB debian -- nproc",
      "  javisor run -it debian                             log in (user root); Ctrl-] ends it",
      "  javisor run -it busybox -- sh                      a command with a terminal",
      "  javisor run --name web --disk 8GiB -it debian      its disk is kept under this name",
      "  javisor run --append 'loglevel=8' --verbose busybox -- true",
      "  javisor run --trace blocks busybox -- true         every block of code it executes",
      "  javisor run --kernel Image --initrd initrd.cpio    the console of your own kernel",
      "  javisor run --kernel Image --disk root.ext4 --append 'root=/dev/vda rw' -it",
      "",
      "Without -t, Ctrl-C ends the machine and javisor with 130. With -t it goes to the guest."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = "--cpus",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of CPUs, 1 to 8; by default 1.")
  int cpus;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory, 64MiB to 16GiB; by default what the image wants.")
  @Nullable String memory;

  @Option(
      names = "--disk",
      paramLabel = "SIZE|FILE",
      description =
          "With an image: grow its disk to this size. With --kernel: an existing raw disk file,"
              + " whose content stays as it is (what the machine writes ends with it).")
  @Nullable String disk;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Keep the machine's disk under this name, and go on with it the next time.")
  @Nullable String name;

  @Option(names = "--rm", description = "Throw the disk away at the end: how it is without --name.")
  boolean throwAway;

  @Option(
      names = {"-i", "--interactive"},
      description =
          "Without a command: standard input is typed to the console. A command has it anyway.")
  boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "Standard input and output are a terminal, and the command's are too.")
  boolean tty;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      description = "Set an environment variable of the command; KEY alone takes it from here.")
  List<String> environment = List.of();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "Where in the machine the command starts.")
  @Nullable String workingDirectory;

  @Option(
      names = "--append",
      paramLabel = "WORDS",
      defaultValue = "",
      description = "Words added to the kernel command line.")
  String append = "";

  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      description = "Boot this kernel (a RISC-V Linux Image) instead of an image of ours.")
  @Nullable Path kernel;

  @Option(
      names = "--initrd",
      paramLabel = "FILE",
      description = "The initial RAM disk for --kernel.")
  @Nullable Path initialRamDisk;

  @Option(names = "--verbose", description = "Show the boot messages, on standard error.")
  boolean verbose;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "translator",
      description =
          "How instructions are executed: by the translator (the default), or all of them by the"
              + " interpreter, which is slower.")
  EngineKind engine = EngineKind.TRANSLATOR;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Write every block of instructions that is executed to this file: CPU, mode (U or S),"
              + " address, instructions, and how often in a row; with the instructions at first"
              + " sight. By the interpreter, and much slower; a boot makes some gigabytes.")
  @Nullable Path traceFile;

  @Option(
      names = "--stats",
      description = "At the end, say on standard error what executing the machine took.")
  boolean stats;

  @Option(
      names = "--stats-json",
      paramLabel = "FILE",
      description = "At the end, write the same figures to this file as JSON.")
  @Nullable Path statsFile;

  @Option(
      names = "--alone",
      description =
          "Boot it in this process. Otherwise a host process that runs has the machine, which"
              + " starts faster; machines with --name, --kernel, --stats, --engine interpreter or"
              + " --trace are always here.")
  boolean alone;

  @Mixin MirrorOption place = new MirrorOption();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "IMAGE",
      description = "An image: busybox, debian, or one you built; see javisor image ls.")
  @Nullable String image;

  @Parameters(index = "1..*", hidden = true)
  List<String> misplaced = List.of();

  private final List<String> command;

  /** {@code command} is what stood after {@code --}. */
  RunCommand(List<String> command) {
    this.command = command;
  }

  @Override
  public Integer call() throws Exception {
    if (!misplaced.isEmpty()) {
      throw ProblemException.badInput(
          "the command goes after --", "javisor run " + image + " -- " + misplaced.getFirst());
    }
    if (throwAway && name != null) {
      throw ProblemException.badInput("--rm and --name exclude each other", "leave one out");
    }
    MachineSpec spec =
        new MachineSpec(
            boot(),
            cpus,
            memory == null ? OptionalLong.empty() : OptionalLong.of(ByteSize.parse(memory)),
            kernel != null || disk == null
                ? OptionalLong.empty()
                : OptionalLong.of(ByteSize.parse(disk)),
            traceFile == null ? engine : EngineKind.INTERPRETER,
            append,
            Optional.ofNullable(name),
            verbose);
    if (tty && !Terminal.isTerminal(Terminal.STANDARD_INPUT)) {
      throw ProblemException.badInput(
          "-t needs a terminal, and standard input is none", "leave -t out");
    }
    Optional<GuestCommand> guestCommand = guestCommand();
    try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      Host host = place.host(progress);
      Optional<HostClient> running =
          mayBeHosted(spec) ? HostCommand.process().connectIfRunning() : Optional.empty();
      try (HostClient client = running.orElse(null)) {
        if (client != null && HostedRun.isPossible(client, guestCommand)) {
          String wanted = String.valueOf(image);
          // Made here if it is not there: it is this command that is told where from.
          Host.explained(() -> host.images().obtain(wanted, progress));
          return new HostedRun(client, spec, wanted, guestCommand, interactive, tty).run();
        }
      }
      return new MachineSession(
              host,
              spec,
              interactive,
              tty,
              new Statistics(stats, statsFile),
              new ExecutionTrace(traceFile))
          .run(guestCommand);
    }
  }

  /**
   * Whether a host process can have the machine: not one whose disk is kept for the next {@code
   * run}, nor one whose execution is looked at.
   */
  private boolean mayBeHosted(MachineSpec spec) {
    return !alone
        && spec.boot() instanceof MachineSpec.Boot.Image
        && name == null
        && spec.engine() == EngineKind.TRANSLATOR
        && !stats
        && statsFile == null;
  }

  private MachineSpec.Boot boot() {
    if (kernel == null) {
      if (image == null) {
        throw ProblemException.badInput(
            "no image is named", "for example: javisor run busybox -- uname -a");
      }
      if (initialRamDisk != null) {
        throw ProblemException.badInput("--initrd goes with --kernel only", "leave it out");
      }
      if (disk != null && Files.exists(Path.of(disk))) {
        throw ProblemException.badInput(
            "'" + disk + "' is a file, and " + image + " brings its own disk",
            "with an image --disk is a size; a disk file goes with --kernel");
      }
      return new MachineSpec.Boot.Image(image);
    }
    if (image != null || !command.isEmpty()) {
      throw ProblemException.badInput(
          "--kernel boots your own system, which takes no image and no command from us",
          "leave them out");
    }
    if (name != null) {
      throw ProblemException.badInput(
          "--name keeps a machine made from an image, and --kernel takes none",
          "leave --name out; what is written to your --disk file is thrown away");
    }
    return new MachineSpec.Boot.OwnKernel(
        file("kernel", kernel),
        Optional.ofNullable(initialRamDisk).map(path -> file("initial RAM disk", path)),
        Optional.ofNullable(disk).map(path -> file("disk", Path.of(path))));
  }

  private static Path file(String what, Path path) {
    if (!Files.isRegularFile(path) && !Files.exists(path)) {
      throw ProblemException.badInput("there is no file " + path, "name the " + what);
    }
    if (Files.isDirectory(path) || !Files.isReadable(path)) {
      throw ProblemException.badInput(
          "the " + what + " " + path + " cannot be read", "name a file you may read");
    }
    return path;
  }

  private Optional<GuestCommand> guestCommand() {
    if (command.isEmpty()) {
      if (!environment.isEmpty() || workingDirectory != null) {
        throw ProblemException.badInput(
            "--env and --workdir are for a command, and there is none", "name one after --");
      }
      return Optional.empty();
    }
    Map<String, String> variables = CommandEnvironment.of(environment);
    return Optional.of(
        new GuestCommand(
            RawArguments.last(command),
            variables,
            Optional.ofNullable(workingDirectory),
            tty,
            tty ? Terminal.size(Terminal.STANDARD_INPUT) : Optional.empty()));
  }
}
