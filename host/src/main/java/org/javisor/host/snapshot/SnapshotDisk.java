package org.javisor.host.snapshot;

import java.io.IOException;

/**
 * A machine's disk as a snapshot sees it. The machine stands still while these are called, but for
 * {@link #prepare}.
 */
public interface SnapshotDisk {
  /**
   * Does beforehand what makes the next {@link #take} quick, while the machine may run.
   *
   * @throws IOException if the disk cannot be written
   */
  void prepare() throws IOException;

  /**
   * Keeps the disk's content as it is now.
   *
   * @param id the snapshot's
   * @throws IOException if it cannot be kept; nothing has changed then
   */
  void take(String id) throws IOException;

  /**
   * Gives the disk the content it had.
   *
   * @throws IOException if that is not there; nothing has changed then
   */
  void restore(String id) throws IOException;

  /** Forgets a content that was kept; does nothing if there is none. */
  void forget(String id) throws IOException;
}
