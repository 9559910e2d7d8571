package org.javisor.machine;

/**
 * One watcher's set of pages: a bit per page of guest memory.
 *
 * <p>Setting a bit does not by itself stop an engine that has cached write permission for the page
 * (a soft-TLB entry); whoever sets bits either drops those entries itself or calls {@link
 * GuestMemory#dropCachedWritePermission} with the machine paused.
 */
public final class WriteWatch {
  private final GuestMemory memory;
  private final byte mask;
  private final WriteWatcher watcher;

  WriteWatch(GuestMemory memory, int bit, WriteWatcher watcher) {
    this.memory = memory;
    this.mask = (byte) (1 << bit);
    this.watcher = watcher;
  }

  /** Begins to watch the page that holds {@code gpa}; true if it was not watched before. */
  public boolean set(long gpa) {
    return memory.setPageFlag(gpa, mask);
  }

  /** Begins to watch all pages. */
  public void setAll() {
    long end = memory.base() + memory.size();
    for (long gpa = memory.base(); gpa < end; gpa += GuestMemory.PAGE_SIZE) {
      memory.setPageFlag(gpa, mask);
    }
  }

  /** Stops watching the page that holds {@code gpa}; true if it was watched. */
  public boolean clear(long gpa) {
    return memory.clearPageFlag(gpa, mask);
  }

  /** Whether the page that holds {@code gpa} is in this watch. */
  public boolean contains(long gpa) {
    return (memory.pageFlags(gpa) & mask) != 0;
  }

  byte mask() {
    return mask;
  }

  WriteWatcher watcher() {
    return watcher;
  }
}
