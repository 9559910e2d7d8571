package org.javisor.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** What the administrator says to this host's kernel. */
public final class Kernel {
  private Kernel() {}

  /**
   * Runs a command.
   *
   * @return what it says
   * @throws IOException with that, if it fails
   */
  public static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
