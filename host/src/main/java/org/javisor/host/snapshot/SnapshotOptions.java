package org.javisor.host.snapshot;

/**
 * How a snapshot is taken.
 *
 * @param live whether the machine runs on while its memory is written, and stands still only for
 *     what it has changed meanwhile
 * @param incremental whether to begin with the memory file of the last snapshot, if there is one,
 *     and to write only what has changed since
 */
public record SnapshotOptions(boolean live, boolean incremental) {
  /** While the machine runs, and no more than is needed. */
  public static SnapshotOptions standard() {
    return new SnapshotOptions(true, true);
  }
}
