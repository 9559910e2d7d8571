package org.javisor.migration;

/** How far a migration is. */
public enum Stage {
  /** The target checks what the machine needs. */
  PRE_MIGRATION("pre-migration"),
  /** The target sets memory, name and disks aside, and gets the files that it lacks. */
  RESERVATION("reservation"),
  /** Disks and memory are copied while the machine runs, and again what it has written since. */
  PRE_COPY("pre-copy"),
  /** The machine stands still; what is left and the state of its devices are copied. */
  STOP_AND_COPY("stop-and-copy"),
  /** Both hold a whole machine; it becomes the target's by one record of the source. */
  COMMITMENT("commitment"),
  /** The target's machine runs, the source's is removed. */
  ACTIVATION("activation");

  private final String words;

  Stage(String words) {
    this.words = words;
  }

  /** As people write it. */
  public String words() {
    return words;
  }
}
