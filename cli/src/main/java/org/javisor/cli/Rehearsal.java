package org.javisor.cli;

import java.io.IOException;
import org.javisor.cli.client.HostClient;
import org.javisor.server.http.SocketStream;

/**
 * What the launcher records for the start-up cache of client commands: a few of them, against a
 * host process without instances. Its end is that of the recording.
 */
final class Rehearsal {
  private Rehearsal() {}

  /** Runs them; what they say is for nobody. */
  static int run() throws InterruptedException, IOException {
    int worst = 0;
    for (String command : new String[] {"ps", "ps --all --json", "host status", "net ls"}) {
      worst = Math.max(worst, Commands.execute(command.split(" ", -1)));
    }
    // These are refused, but only after all that a good one does before its machine is asked.
    Commands.execute("exec", "nobody", "--", "true");
    Commands.execute("stop", "nobody");
    try (HostClient client = HostCommand.process().connect()) {
      SocketStream events = new SocketStream();
      client.connect("/1.0/events", events);
      events.send("");
      events.close();
    }
    return worst;
  }
}
