package org.javisor.cli;

/** Our own words: on standard error only, so that standard output is the guest's or the data. */
final class Words {
  private static final boolean DEBUG = System.getenv("JAVISOR_DEBUG") != null;

  private Words() {}

  /** One line to the person at the terminal. */
  static void say(String line) {
    System.err.println("javisor: " + line);
  }

  /** The stack trace behind an error, for those who asked with JAVISOR_DEBUG. */
  static void trace(Throwable cause) {
    if (DEBUG) {
      cause.printStackTrace();
    }
  }
}
