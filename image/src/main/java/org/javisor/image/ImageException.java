package org.javisor.image;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an image cannot be had. The message is one line for the person who asked; the type says what
 * kind of failure it is, so that a caller can tell wrong input from a host that lacks something.
 */
public abstract sealed class ImageException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private ImageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** No image of that name is known or can be made. Wrong input. */
  public static final class UnknownImage extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** An image nobody knows. */
    public UnknownImage(String name, String known) {
      super("no image is called " + name + "; known are " + known, null);
    }
  }

  /** An image that does not fit this version of Javisor. The host lacks one that does. */
  public static final class OtherFormat extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** An image of somebody's own, which is not made again by itself. */
    public OtherFormat(String name) {
      super(
          "the image %s was made by another version of javisor; make it again: %s %s"
              .formatted(name, "javisor image build --packages PACKAGES", name),
          null);
    }
  }

  /** What was asked for makes no sense: a bad name, a package that does not exist. Wrong input. */
  public static final class InvalidRequest extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A request that cannot be met, in the requester's words. */
    public InvalidRequest(String message) {
      super(message, null);
    }
  }

  /** Nothing says where the Debian archive is. The host lacks something. */
  public static final class NoMirror extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A search that ended empty; {@code tried} says what was looked at. */
    public NoMirror(String configurationFile, List<String> tried) {
      super(
          "no Debian mirror is known: give --mirror URI, set JAVISOR_MIRROR, or put mirror=URI into "
              + configurationFile
              + (tried.isEmpty() ? "" : " (tried: " + String.join("; ", tried) + ")"),
          null);
    }
  }

  /** The archive cannot be reached or answers with an error. The host lacks something. */
  public static final class Unreachable extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A file that could not be fetched. */
    public Unreachable(String uri, String why, @Nullable Throwable cause) {
      super("cannot fetch " + uri + ": " + why, cause);
    }
  }

  /** A signature, a date or a description of the archive does not hold. */
  public static final class Unverified extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A file whose origin is not proven. */
    public Unverified(String what, String why) {
      super(what + " cannot be trusted: " + why, null);
    }
  }

  /** A file differs from what the archive's signed index says about it. */
  public static final class DigestMismatch extends ImageException {
    @Serial private static final long serialVersionUID = 1L;
    private final String subject;
    private final String expected;
    private final String actual;

    /** A file with the wrong content; expected and actual are digests or lengths, both alike. */
    public DigestMismatch(String subject, String expected, String actual) {
      super(subject + " is damaged: expected " + expected + ", got " + actual, null);
      this.subject = subject;
      this.expected = expected;
      this.actual = actual;
    }

    /** The package or file that is damaged. */
    public String subject() {
      return subject;
    }

    /** What the index promises. */
    public String expected() {
      return expected;
    }

    /** What was received. */
    public String actual() {
      return actual;
    }
  }

  /** A file of the archive is not what its format demands. */
  public static final class Malformed extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A file that cannot be read. */
    public Malformed(String subject, String why, @Nullable Throwable cause) {
      super(subject + " is malformed: " + why, cause);
    }
  }

  /** The packages asked for cannot be installed together. */
  public static final class Unresolvable extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A set without a solution, and why. */
    public Unresolvable(String why) {
      super(why, null);
    }
  }

  /** The data folder has no room. The host lacks something. */
  public static final class DiskFull extends ImageException {
    @Serial private static final long serialVersionUID = 1L;

    /** A folder on a full disk; needed and left in bytes, needed 0 where it is not known. */
    public DiskFull(Path folder, long needed, long left, @Nullable Throwable cause) {
      super(
          "no room in "
              + folder
              + ": "
              + (needed > 0 ? mebibytes(needed) + " needed, " : "")
              + mebibytes(left)
              + " left",
          cause);
    }

    private static String mebibytes(long bytes) {
      return (bytes + (1 << 20) - 1) / (1 << 20) + " MiB";
    }
  }

  /** A machine that had to prepare an image failed. */
  public static final class PreparationFailed extends ImageException {
    @Serial private static final long serialVersionUID = 1L;
    private final transient List<String> console;

    /** A failure with the last lines of the machine's console. */
    public PreparationFailed(String message, List<String> console) {
      super(message, null);
      this.console = List.copyOf(console);
    }

    /** The last lines the machine printed, oldest first. */
    public List<String> console() {
      return console;
    }
  }
}
