package org.javisor.bench;

import java.util.Optional;

/**
 * How fast machines go on from snapshots. Times are seconds from the request until a command has
 * run in the machine's shell, medians; ratios are the peer's figure over Javisor's, so above 1
 * where Javisor was better. The peer's time begins with its process, Javisor's with the request to
 * a host that runs.
 *
 * @param restore of one machine, its snapshot checked each time
 * @param copy of one of many machines that run side by side
 * @param machines how many these are
 * @param copyBytes memory that such a machine takes, in bytes
 * @param overheadBytes the part of it that the guest has not written itself
 * @param peer the peer's name, if there was one
 */
public record SnapshotsReport(
    Figure restore,
    Figure copy,
    int machines,
    Figure copyBytes,
    double overheadBytes,
    Optional<String> peer) {
  /**
   * A measured value.
   *
   * @param here Javisor's
   * @param there the peer's
   */
  public record Figure(double here, Optional<Double> there) {
    /** The peer's over Javisor's. */
    public Optional<Double> ratio() {
      return there.map(value -> value / here);
    }
  }
}
