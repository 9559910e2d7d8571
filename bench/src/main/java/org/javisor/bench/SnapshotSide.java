package org.javisor.bench;

import java.time.Duration;
import org.javisor.host.ProblemException;

/** One side of a comparison of snapshots: a machine with a shell, and copies of it. */
interface SnapshotSide extends AutoCloseable {
  /** How long a machine may take to boot or to answer. */
  Duration PATIENCE = Duration.ofMinutes(5);

  /** The end of what the guest's shell writes when it waits for a command. */
  String PROMPT = "~ # ";

  /** Has the shell write {@link #ANSWER}, which is not in the command itself. */
  String COMMAND = "echo here''after\n";

  /** What the shell then writes. */
  String ANSWER = "hereafter";

  /** A machine that goes on from the snapshot. */
  interface Copy extends AutoCloseable {
    /** Seconds from the request for it until a shell in it had run a command. */
    double seconds();

    @Override
    void close();
  }

  /** Its name in reports. */
  String name();

  /**
   * Starts a machine from the snapshot, runs a command in it, and leaves it running.
   *
   * @throws ProblemException if it does not do so
   */
  Copy copy() throws InterruptedException;

  /** Bytes of memory that all copies that run take, beside what was taken without them. */
  long memory();

  @Override
  void close();
}
