package org.javisor.host;

import org.jspecify.annotations.Nullable;

/** Ends an operation with a {@link Problem} that is shown to the person who asked for it. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(Problem problem, @Nullable Throwable cause) {
    super(problem.line(), cause);
    this.problem = problem;
  }

  /** A request that cannot be carried out as it stands. */
  public static ProblemException badInput(String what, String remedy) {
    return new ProblemException(new Problem(Problem.Kind.BAD_INPUT, what, remedy), null);
  }

  /** Something this host would need and does not have. */
  public static ProblemException hostLacks(String what, String remedy) {
    return new ProblemException(new Problem(Problem.Kind.HOST_LACKS, what, remedy), null);
  }

  /** An operation that failed although the request was fine. */
  public static ProblemException failed(String what, String remedy, @Nullable Throwable cause) {
    return new ProblemException(new Problem(Problem.Kind.FAILED, what, remedy), cause);
  }

  public Problem problem() {
    return problem;
  }
}
