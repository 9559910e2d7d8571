package org.javisor.host.instance;

import java.io.IOException;
import java.time.Duration;
import org.javisor.host.agent.AgentException;
import org.javisor.host.agent.ExecRequest;
import org.javisor.host.agent.ExecSession;
import org.javisor.host.agent.GuestAgent;
import org.javisor.virtio.net.MacAddress;

/**
 * Tells the guest of a copy who it is now. The virtual machine generation ID has its kernel draw new
 * random numbers; its name and its network address it has to be told, since a driver reads the
 * address of a card only once.
 */
final class GuestIdentity {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For Debian's tools and busybox's: the name is $1, the Ethernet address $2. */
  private static final String SCRIPT =
      """
      hostname "$1"
      [ ! -e /etc/hostname ] || echo "$1" > /etc/hostname
      for card in /sys/class/net/*; do
        card=${card##*/}
        [ "$card" != lo ] || continue
        ip link set "$card" address "$2" || {
          ip link set "$card" down
          ip link set "$card" address "$2"
          ip link set "$card" up
        }
        ip addr flush dev "$card"
        if pidof udhcpc > /dev/null; then
          kill $(pidof udhcpc)
        fi
        if [ -e /etc/udhcpc.script ]; then
          udhcpc -i "$card" -b -S -t 20 -T 1 -s /etc/udhcpc.script < /dev/null > /dev/null 2>&1 &
        elif command -v networkctl > /dev/null; then
          networkctl reconfigure "$card" || networkctl renew "$card"
        fi
        break
      done
      """;

  private GuestIdentity() {}

  /**
   * Tells the guest its name and the address of its card, and has it ask for its IP address anew.
   *
   * @throws AgentException if the guest has no agent, or it does not do it
   */
  static void tell(GuestAgent agent, String hostName, MacAddress address)
      throws AgentException, InterruptedException {
    if (!agent.await(PATIENCE)) {
      throw new AgentException.Absent("no agent in the guest answers");
    }
    try (ExecSession session =
        agent.exec(ExecRequest.of("sh", "-c", SCRIPT, "sh", hostName, address.toString()))) {
      session.stdin().close();
      session.await(PATIENCE);
    } catch (AgentException e) {
      throw e;
    } catch (IOException e) {
      throw new AgentException.Absent(String.valueOf(e.getMessage()));
    }
  }
}
