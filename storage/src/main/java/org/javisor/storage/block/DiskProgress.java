package org.javisor.storage.block;

/** Hears how far long work on a disk has come, and may end it. */
@FunctionalInterface
public interface DiskProgress {

  /** Hears nothing and goes on to the end. */
  DiskProgress IGNORED = (_, _) -> true;

  /**
   * Called now and then.
   *
   * @param done bytes of the disk that have been gone through
   * @param total bytes to go through
   * @return false to end the work; what was done so far does no harm
   */
  boolean proceed(long done, long total);
}
