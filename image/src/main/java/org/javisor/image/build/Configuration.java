package org.javisor.image.build;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.javisor.image.ImageException;
import org.javisor.image.MachineRunner;
import org.javisor.image.Progress;
import org.jspecify.annotations.Nullable;

/** Runs a machine that configures packages, and follows what it says on its console. */
final class Configuration {
  private static final String OURS = "javisor: ";
  private static final String PREPARING = OURS + "preparing ";
  private static final String CONFIGURING = "Setting up ";
  private static final int TAIL = 40;
  private static final int LINE_LIMIT = 512;

  private final MachineRunner machines;
  private final Progress progress;

  Configuration(MachineRunner machines, Progress progress) {
    this.machines = machines;
    this.progress = progress;
  }

  /**
   * Runs it.
   *
   * @param task the machine; its console goes to this object instead
   * @param packages how many are going to be configured
   * @throws ImageException.PreparationFailed with the last lines of the console
   */
  void run(MachineRunner.Task task, int packages) throws IOException, InterruptedException {
    try (Progress.Phase phase =
        progress.begin("Configuring packages in a machine", Progress.Unit.STEPS, packages)) {
      Console console = new Console(phase);
      MachineRunner.Outcome outcome =
          machines.run(
              new MachineRunner.Task(
                  task.kernel(),
                  task.initialRamDisk(),
                  task.disks(),
                  task.cpus(),
                  task.memory(),
                  task.commandLine(),
                  task.patience(),
                  console::line));
      String result = console.result();
      if (!outcome.poweredOff() || !"done".equals(result)) {
        throw new ImageException.PreparationFailed(
            "the packages could not be configured: " + (result == null ? outcome.ending() : result),
            console.tail());
      }
    }
  }

  /** What the machine has said. The guest decides what comes, so nothing grows with it. */
  private static final class Console {
    private final Progress.Phase phase;
    private final Deque<String> tail = new ArrayDeque<>();
    private @Nullable String result;

    Console(Progress.Phase phase) {
      this.phase = phase;
    }

    synchronized void line(String line) {
      String text = line.length() <= LINE_LIMIT ? line.strip() : line.substring(0, LINE_LIMIT);
      if (tail.size() == TAIL) {
        tail.removeFirst();
      }
      tail.addLast(text);
      if (text.startsWith(CONFIGURING)) {
        phase.at(firstWord(text, CONFIGURING));
        phase.advance(1);
      } else if (text.startsWith(PREPARING)) {
        phase.at(firstWord(text, PREPARING));
      } else if (text.startsWith(OURS)) {
        result = text.substring(OURS.length());
      }
    }

    private static String firstWord(String text, String prefix) {
      int end = text.indexOf(' ', prefix.length());
      return text.substring(prefix.length(), end < 0 ? text.length() : end);
    }

    synchronized @Nullable String result() {
      return result;
    }

    synchronized List<String> tail() {
      return List.copyOf(tail);
    }
  }
}
