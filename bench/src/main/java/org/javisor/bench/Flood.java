package org.javisor.bench;

import org.javisor.host.ProblemException;

/** A neighbour that takes all it can get of something that machines share. */
interface Flood {
  /** Its name in reports. */
  String name();

  /** What {@link Running#count} counts. */
  String unit();

  /**
   * Begins.
   *
   * @throws ProblemException if it cannot
   */
  Running start() throws InterruptedException;

  /** One that is under way. */
  interface Running {
    /** How much it has done so far. */
    long count() throws InterruptedException;

    /** Ends it. */
    void stop() throws InterruptedException;
  }
}
