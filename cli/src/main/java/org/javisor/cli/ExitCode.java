package org.javisor.cli;

import org.javisor.host.Problem;

/** What the process says with its exit code; {@code run} also passes on the guest's own. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int HOST_LACKS = 3;
  static final int INTERRUPTED = 130;

  /** What a process gets that writes to a closed pipe: 128 + SIGPIPE, as a shell reports it. */
  static final int OUTPUT_GONE = 141;

  private ExitCode() {}

  static int of(Problem.Kind kind) {
    return switch (kind) {
      case FAILED -> FAILED;
      case BAD_INPUT -> BAD_INPUT;
      case HOST_LACKS -> HOST_LACKS;
    };
  }
}
