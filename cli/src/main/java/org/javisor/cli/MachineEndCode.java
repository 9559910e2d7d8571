package org.javisor.cli;

import java.util.List;
import org.javisor.host.MachineEnd;

/** What a person in front of a machine is told of its end, and the exit code for it. */
record MachineEndCode(MachineEnd end) {
  /**
   * Of a machine that was to run a command.
   *
   * @param verbose whether its console has been shown already
   */
  int ofCommand(boolean verbose) {
    return switch (end.kind()) {
      // The command's own doing, most likely: it was "poweroff".
      case POWERED_OFF -> end.ready() ? ExitCode.DONE : failed(verbose);
      case KILLED -> ExitCode.INTERRUPTED;
      case FAILED -> failed(verbose);
    };
  }

  /**
   * Of a machine at whose console somebody sat.
   *
   * @param left whether they wanted to leave
   */
  int ofConsole(boolean left) {
    return switch (end.kind()) {
      case POWERED_OFF -> ExitCode.DONE;
      case KILLED -> left ? ExitCode.DONE : ExitCode.INTERRUPTED;
      case FAILED -> {
        Words.say("the machine " + end.words());
        yield ExitCode.FAILED;
      }
    };
  }

  private int failed(boolean verbose) {
    Words.say(
        "the machine "
            + end.words()
            + (end.ready() ? " before the command had ended" : " before the command could run"));
    if (!verbose) {
      showLastLines(end.lastLines());
    }
    return ExitCode.FAILED;
  }

  private static void showLastLines(List<String> lines) {
    if (lines.isEmpty()) {
      Words.say("it wrote nothing to its console");
      return;
    }
    Words.say("the last lines of its console:");
    lines.forEach(line -> System.err.println("  " + line));
  }
}
