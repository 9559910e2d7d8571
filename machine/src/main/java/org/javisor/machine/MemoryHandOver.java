package org.javisor.machine;

import java.nio.file.Path;

/** Where a process that goes on with a machine of another one finds the machine's memory. */
public sealed interface MemoryHandOver {
  /**
   * All of it is in a file, which both map.
   *
   * @param file as long as the memory
   */
  record Whole(Path file) implements MemoryHandOver {}

  /**
   * It differs from another file, which machines share, in some pages.
   *
   * @param image the file it was made from, open in the process that hands over
   * @param file as long as the memory, with the pages that differ; holes elsewhere
   */
  record Changes(Path image, Path file) implements MemoryHandOver {}
}
