package org.javisor.host;

import org.javisor.image.ImageException;

/** What a failure of module image means for the person who asked. */
final class ImageProblems {
  private ImageProblems() {}

  static ProblemException explain(ImageException failure) {
    String what = String.valueOf(failure.getMessage());
    Problem problem =
        switch (failure) {
          case ImageException.UnknownImage unknown -> new Problem(Problem.Kind.BAD_INPUT, what, "");
          case ImageException.InvalidRequest invalid ->
              new Problem(Problem.Kind.BAD_INPUT, what, "");
          case ImageException.Unresolvable unresolvable ->
              new Problem(Problem.Kind.BAD_INPUT, what, "");
          case ImageException.OtherFormat other -> new Problem(Problem.Kind.HOST_LACKS, what, "");
          case ImageException.NoMirror none -> new Problem(Problem.Kind.HOST_LACKS, what, "");
          case ImageException.Unreachable unreachable ->
              new Problem(
                  Problem.Kind.HOST_LACKS, what, "name a mirror that can be reached: --mirror URI");
          case ImageException.DigestMismatch mismatch ->
              new Problem(Problem.Kind.HOST_LACKS, what, "try again, or name another --mirror URI");
          case ImageException.Unverified unverified ->
              new Problem(Problem.Kind.HOST_LACKS, what, "name another mirror: --mirror URI");
          case ImageException.Malformed malformed ->
              new Problem(Problem.Kind.HOST_LACKS, what, "name another mirror: --mirror URI");
          case ImageException.DiskFull full ->
              new Problem(
                  Problem.Kind.HOST_LACKS,
                  what,
                  "make room, or set JAVISOR_HOME to another folder");
          case ImageException.PreparationFailed failed ->
              new Problem(Problem.Kind.FAILED, what, "", failed.console());
        };
    return new ProblemException(problem, failure);
  }
}
