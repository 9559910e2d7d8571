package org.javisor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.host.Instance;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;

/** Where {@code run --trace} writes what a machine executes. */
final class ExecutionTrace {
  private final @Nullable Path file;
  private final @Nullable PrintWriter out;

  /**
   * Opens the file, before a machine runs for nothing.
   *
   * @param file what was in it is lost; null if nothing is to be written
   * @throws ProblemException if it cannot be written
   */
  ExecutionTrace(@Nullable Path file) {
    this.file = file;
    try {
      out = file == null ? null : new PrintWriter(Files.newBufferedWriter(file));
    } catch (IOException e) {
      throw ProblemException.badInput(
          "the trace cannot be written to " + file, "name a file in a folder that is there");
    }
  }

  /** Has a machine traced that is going to be started. */
  void follow(Instance instance) {
    if (out != null) {
      instance.trace(out);
    }
  }

  /**
   * The machine is closed.
   *
   * @throws ProblemException if not all of it could be written
   */
  void finish() {
    if (out != null) {
      out.close();
      if (out.checkError()) {
        throw ProblemException.failed(
            "the trace could not be written to the end to " + file,
            "give it a disk with room for gigabytes",
            null);
      }
    }
  }
}
