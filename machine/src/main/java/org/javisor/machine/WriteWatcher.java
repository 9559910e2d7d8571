package org.javisor.machine;

/** Is told of writes to pages it watches; see {@link GuestMemory#watch}. */
@FunctionalInterface
public interface WriteWatcher {
  /**
   * Called after a write, on the thread that wrote, for a range that touches at least one watched
   * page. May be called spuriously. Must be safe from any thread and must not block.
   *
   * @param gpa first guest physical address written
   * @param length bytes written
   */
  void written(long gpa, long length);
}
