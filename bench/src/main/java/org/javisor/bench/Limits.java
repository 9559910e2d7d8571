package org.javisor.bench;

import org.javisor.host.ByteSize;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;

/** The checks of what a person asks to be measured. */
final class Limits {
  private Limits() {}

  /**
   * The number of an option, which begins at 1.
   *
   * @throws ProblemException if it is out of range
   */
  static void within(String option, int value, int largest) {
    if (value < 1 || value > largest) {
      throw ProblemException.badInput(option + " cannot be " + value, "give 1 to " + largest);
    }
  }

  /**
   * Bytes of a machine's memory.
   *
   * @throws ProblemException if they are out of range
   */
  static void memory(long bytes, long least) {
    if (bytes < least || bytes > MachineSpec.MAX_MEMORY) {
      throw ProblemException.badInput(
          "--memory cannot be " + ByteSize.format(bytes),
          "give " + ByteSize.format(least) + " to " + ByteSize.format(MachineSpec.MAX_MEMORY));
    }
  }
}
