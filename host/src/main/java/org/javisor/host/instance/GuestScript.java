package org.javisor.host.instance;

import java.io.IOException;
import java.time.Duration;
import org.javisor.host.agent.AgentException;
import org.javisor.host.agent.ExecRequest;
import org.javisor.host.agent.ExecSession;
import org.javisor.host.agent.GuestAgent;

/**
 * A shell script that a guest is asked to run, by its agent. A guest that cannot is left as it is.
 *
 * @param failure what the log says if it does not come to that
 * @param script for {@code sh}, run by root
 * @param patience how long the agent has to come up, and then the script to end
 */
record GuestScript(String failure, String script, Duration patience) implements GuestWork {
  /** Waits until the guest has run it. */
  @Override
  public void run(GuestAgent way) throws InterruptedException {
    try {
      if (!way.await(patience)) {
        throw new AgentException.Absent("no agent in the guest answers");
      }
      try (ExecSession session = way.exec(ExecRequest.of("sh", "-c", script))) {
        session.stdin().close();
        session.await(patience);
      }
    } catch (IOException e) {
      System.getLogger(GuestScript.class.getName())
          .log(System.Logger.Level.WARNING, "{0}: {1}", failure, e.getMessage());
    }
  }
}
