package org.javisor.host.instance;

import java.io.IOException;
import java.time.Duration;
import org.javisor.host.agent.ExecRequest;
import org.javisor.host.agent.ExecSession;
import org.javisor.host.agent.GuestAgent;

/**
 * Has a guest whose root disk has grown while it runs grow the file system too, if it has a tool
 * for it; one without grows it when it boots, or its user does.
 */
final class RootGrowth {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Debian grows it at boot by the same program (x-systemd.growfs in systemd.mount(5)). */
  private static final String SCRIPT =
      """
      PATH=$PATH:/usr/sbin:/sbin
      if [ -x /usr/lib/systemd/systemd-growfs ]; then
        exec /usr/lib/systemd/systemd-growfs /
      elif command -v resize2fs > /dev/null; then
        exec resize2fs "$(findmnt -no SOURCE /)"
      fi
      """;

  private RootGrowth() {}

  /** Does it in the background. */
  static void begin(String name, GuestAgent way) {
    if (!way.isConnected()) {
      return; // It boots just now, or has no agent.
    }
    Thread.ofVirtual()
        .name("growth of " + name)
        .start(
            () -> {
              try (ExecSession session = way.exec(ExecRequest.of("sh", "-c", SCRIPT))) {
                session.stdin().close();
                session.await(PATIENCE);
              } catch (IOException e) {
                System.getLogger(RootGrowth.class.getName())
                    .log(
                        System.Logger.Level.WARNING,
                        "the file system of {0} was not grown: {1}",
                        name,
                        e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
