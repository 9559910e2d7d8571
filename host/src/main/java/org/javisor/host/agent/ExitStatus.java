package org.javisor.host.agent;

/** How a command in the guest ended. */
public sealed interface ExitStatus {
  /**
   * By itself.
   *
   * @param code its exit code, 0 to 255
   */
  record Exited(int code) implements ExitStatus {}

  /**
   * By a signal.
   *
   * @param signal the signal's number in Linux
   */
  record Signalled(int signal) implements ExitStatus {}

  /** As a shell says it: the exit code, or 128 and the signal. */
  default int shellCode() {
    return switch (this) {
      case Exited exited -> exited.code();
      case Signalled signalled -> 128 + signalled.signal();
    };
  }
}
