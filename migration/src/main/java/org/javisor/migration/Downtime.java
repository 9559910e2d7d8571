package org.javisor.migration;

import java.time.Duration;

/**
 * What the machine stood still for, one after the other, by the source's clock.
 *
 * @param pausing until vCPUs and devices had stopped
 * @param memory until the last pages were sent
 * @param disks until the last blocks were sent
 * @param state until clock, devices and vCPUs were saved and sent
 * @param preparing until the target had said that it holds the machine
 * @param committing until the record was written that makes it the target's
 * @param activating until it ran at the target, the way there and that of the answer included
 */
public record Downtime(
    Duration pausing,
    Duration memory,
    Duration disks,
    Duration state,
    Duration preparing,
    Duration committing,
    Duration activating) {
  /** All of it; a machine that was paused before has none. */
  public Duration total() {
    return pausing
        .plus(memory)
        .plus(disks)
        .plus(state)
        .plus(preparing)
        .plus(committing)
        .plus(activating);
  }
}
