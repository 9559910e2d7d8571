package org.javisor.migration;

import java.time.Duration;

/**
 * How a machine is to be moved.
 *
 * @param bandwidth bytes a second at most; 0 for as much as there is
 * @param maximumDowntime how long the machine may stand still for what is left of its memory; it is
 *     slowed down where it writes too fast for that
 * @param slowdown how much of its processor time a machine may be denied at most, in percent; 0 for
 *     a machine that is not to be slowed down
 */
public record MigrationPolicy(long bandwidth, Duration maximumDowntime, int slowdown) {
  /** What there is unless somebody says otherwise: as QEMU has it, and up to 99 %. */
  public static final MigrationPolicy STANDARD = new MigrationPolicy(0, Duration.ofMillis(300), 99);

  /** Checks the values. */
  public MigrationPolicy {
    if (bandwidth < 0 || maximumDowntime.isNegative() || slowdown < 0 || slowdown > 99) {
      throw new IllegalArgumentException(
          "a migration with a bandwidth of "
              + bandwidth
              + ", a downtime of "
              + maximumDowntime
              + " and a slowdown of "
              + slowdown);
    }
  }
}
