package org.javisor.migration;

import java.time.Duration;

/**
 * How far a migration is.
 *
 * @param stage which of the six
 * @param round of pre-copy, from 1; 0 before
 * @param sentBytes so far
 * @param remainingBytes that would be left to send if the machine stopped now
 * @param dirtyRate bytes of memory a second that the machine writes anew, as of the last round
 * @param bandwidth bytes a second that arrive, as of the last round
 * @param slowdown percent of its processor time that the machine is denied
 * @param predictedDowntime for what remains, as of the last round
 */
public record MigrationProgress(
    Stage stage,
    int round,
    long sentBytes,
    long remainingBytes,
    long dirtyRate,
    long bandwidth,
    int slowdown,
    Duration predictedDowntime) {
  /** At the beginning. */
  static final MigrationProgress BEGINNING =
      new MigrationProgress(Stage.PRE_MIGRATION, 0, 0, 0, 0, 0, 0, Duration.ZERO);

  MigrationProgress at(Stage other, long sent) {
    return new MigrationProgress(
        other, round, sent, remainingBytes, dirtyRate, bandwidth, slowdown, predictedDowntime);
  }

  MigrationProgress slowedDown(int percent) {
    return new MigrationProgress(
        stage, round, sentBytes, remainingBytes, dirtyRate, bandwidth, percent, predictedDowntime);
  }
}
