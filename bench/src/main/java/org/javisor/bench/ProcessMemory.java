package org.javisor.bench;

import java.util.OptionalLong;

/**
 * What a machine's process took of memory, in bytes; empty where nobody says.
 *
 * @param overhead resident memory that is not the guest's
 * @param peak the most that was resident at any time, with the guest's
 * @param codeCache compiled code of the process's JVM, if it has one
 */
record ProcessMemory(OptionalLong overhead, OptionalLong peak, OptionalLong codeCache) {
  static final ProcessMemory UNKNOWN =
      new ProcessMemory(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /**
   * What the system says of a running process.
   *
   * @param guestMemory size of its guest's memory in bytes
   */
  static ProcessMemory of(long processId, long guestMemory) {
    return new ProcessMemory(
        ResidentMemory.besidesGuest(processId, guestMemory),
        ResidentMemory.peak(processId),
        OptionalLong.empty());
  }

  /** The same, with what the process itself says at its end. */
  ProcessMemory withCodeCache(OptionalLong bytes) {
    return new ProcessMemory(overhead, peak, bytes);
  }
}
