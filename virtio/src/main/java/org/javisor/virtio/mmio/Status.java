package org.javisor.virtio.mmio;

/** Bits of the device status, and how they may follow each other (virtio 1.2, section 2.1). */
final class Status {
  static final int ACKNOWLEDGE = 1;
  static final int DRIVER = 2;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int NEEDS_RESET = 64;
  static final int FAILED = 128;

  private static final int DRIVERS = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | FAILED;

  private Status() {}

  /**
   * Whether a driver may write {@code wanted} when the status is {@code current}: it only adds
   * bits, each after the one before.
   */
  static boolean permitted(int current, int wanted) {
    boolean ordered =
        requires(wanted, DRIVER, ACKNOWLEDGE)
            && requires(wanted, FEATURES_OK, DRIVER)
            && requires(wanted, DRIVER_OK, FEATURES_OK);
    return ordered && (current & DRIVERS & ~wanted) == 0;
  }

  private static boolean requires(int status, int bit, int before) {
    return (status & bit) == 0 || (status & before) != 0;
  }
}
