package org.javisor.host.instance;

import java.time.Duration;
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
    new GuestScript("the file system of " + name + " was not grown", SCRIPT, PATIENCE).begin(way);
  }
}
