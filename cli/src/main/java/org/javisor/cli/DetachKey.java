package org.javisor.cli;

/** Ctrl-], with which a person leaves a machine's console. */
final class DetachKey {
  private static final int CODE = 0x1d;

  private DetachKey() {}

  /** How many of the first {@code count} keys come before it; all if it is not among them. */
  static int keysBefore(byte[] keys, int count) {
    for (int i = 0; i < count; i++) {
      if (keys[i] == CODE) {
        return i;
      }
    }
    return count;
  }
}
