package org.javisor.migration;

import java.time.Duration;
import java.util.List;

/**
 * What a migration took.
 *
 * @param total from its beginning until the target had said that the machine runs
 * @param downtime what the machine stood still for
 * @param restoring of it, until the target's devices and vCPUs had their state, by its clock
 * @param syncing of it, until the target's disk was on stable storage, by its clock
 * @param sentBytes over the network, without what TLS adds
 * @param fileBytes of them, of files that the target lacked
 * @param rounds of pre-copy
 * @param zeroPages that were found zero
 * @param unchangedPages that had been written and were the same as before
 * @param wholePages that were sent
 * @param wholeBlocks that were sent
 * @param slowdown percent of its processor time that the machine was denied in the end
 */
public record MigrationReport(
    Duration total,
    Downtime downtime,
    Duration restoring,
    Duration syncing,
    long sentBytes,
    long fileBytes,
    List<Round> rounds,
    long zeroPages,
    long unchangedPages,
    long wholePages,
    long wholeBlocks,
    int slowdown) {
  /** Copies the list. */
  public MigrationReport {
    rounds = List.copyOf(rounds);
  }

  /**
   * One round of pre-copy.
   *
   * @param pages that were dirty
   * @param bytes that were sent
   * @param time until all had arrived
   * @param dirtyRate bytes of memory a second that the machine wrote anew meanwhile
   */
  public record Round(long pages, long bytes, Duration time, long dirtyRate) {}
}
