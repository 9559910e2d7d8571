package org.javisor.host.snapshot;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What has to be done inside a guest after it went on from a snapshot, or after a long pause. Its
 * monotonic clock goes on where it stood, so that nothing in it seems to have taken hours; but its
 * wall clock then is behind by the time that has passed, and a copy still has the name and the
 * network address of its original. The kernel mends only its random numbers by itself.
 *
 * @param identity who the guest is now, if it is another one
 * @param time what becomes of its wall clock
 */
public record GuestAdjustment(Optional<CloneIdentity> identity, TimePolicy time) {
  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");

  /** The card asks for its IP address anew: busybox's client is started again, Debian's is told. */
  private static final String NEW_LEASE =
      """
        ip addr flush dev "$name"
        if [ -e /etc/udhcpc.script ]; then
          pidof udhcpc > /dev/null && kill $(pidof udhcpc)
          udhcpc -i "$name" -b -S -t 20 -T 1 -s /etc/udhcpc.script < /dev/null > /dev/null 2>&1 &
        elif command -v networkctl > /dev/null; then
          networkctl reconfigure "$name" || networkctl renew "$name"
        fi
      """;

  /** What becomes of a guest's wall clock that is behind. */
  public enum TimePolicy {
    /** It jumps to the time that the real-time clock shows. */
    JUMP,
    /**
     * It is brought there gradually: guest time passes a little faster or slower until then, which
     * the machine does and not the guest.
     */
    SLEW,
    /** It stays: something in the guest that follows a time server sets it. */
    KEEP
  }

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it cannot be a host's name
   */
  public GuestAdjustment {
    identity.ifPresent(
        other -> {
          if (!HOST_NAME.matcher(other.hostName()).matches()) {
            throw new IllegalArgumentException("'" + other.hostName() + "' is no host's name");
          }
        });
  }

  /**
   * A POSIX shell script that does it, to be run by root in the guest; for busybox and Debian
   * alike. It ends with 0 if all was done.
   */
  public String script() {
    StringBuilder script = new StringBuilder("failed=0\n");
    if (time == TimePolicy.JUMP) {
      // Read in the guest: what the host says is old by the time it gets here.
      script.append(
          "date -u -s \"@$(cat /sys/class/rtc/rtc0/since_epoch)\" > /dev/null || failed=1\n");
    }
    identity.ifPresent(
        other ->
            script
                .append("echo ")
                .append(other.hostName())
                .append(" > /proc/sys/kernel/hostname || failed=1\n")
                .append("[ ! -s /etc/hostname ] || echo ")
                .append(other.hostName())
                .append(" > /etc/hostname || failed=1\n")
                .append("for device in /sys/class/net/*/device; do\n")
                .append("  [ -e \"$device\" ] || continue\n")
                .append("  name=${device%/device} name=${name##*/}\n")
                .append("  ip link set dev \"$name\" down\n")
                .append("  ip link set dev \"$name\" address ")
                .append(other.address())
                .append(" || failed=1\n")
                .append("  ip link set dev \"$name\" up\n")
                .append(NEW_LEASE)
                .append("  break\n")
                .append("done\n"));
    return script.append("[ $failed = 0 ]\n").toString();
  }
}
