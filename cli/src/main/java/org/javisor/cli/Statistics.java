package org.javisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.host.InstanceMetrics;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code run} says what executing a machine took.
 *
 * @param said whether on standard error, for people
 * @param file a file that gets the figures as JSON, or null
 */
record Statistics(boolean said, @Nullable Path file) {
  /**
   * Checks the file's place, before a machine runs for nothing.
   *
   * @throws ProblemException if the file cannot be there
   */
  Statistics {
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
        throw ProblemException.badInput(
            "the statistics cannot be written to " + file, "name a file in a folder that is there");
      }
    }
  }

  /**
   * Says it.
   *
   * @throws ProblemException if the file cannot be written
   */
  void give(InstanceMetrics metrics) {
    if (said) {
      StatisticsText.of(metrics).forEach(Words::say);
    }
    if (file != null) {
      try {
        Files.writeString(file, StatisticsJson.of(metrics) + "\n");
      } catch (IOException e) {
        throw ProblemException.failed(
            "the statistics cannot be written to " + file,
            "name another file after --stats-json",
            e);
      }
    }
  }
}
