package org.javisor.image.catalog;

import java.util.regex.Pattern;
import org.javisor.image.ImageException;

/**
 * The name of an image, such as {@code busybox} or {@code debian:trixie}.
 *
 * @param text the name in full
 */
public record ImageName(String text) {
  private static final Pattern LEGAL =
      Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}(:[a-z0-9][a-z0-9._-]{0,62})?");

  /** The image with only busybox in it. */
  public static final ImageName BUSYBOX = new ImageName("busybox");

  /** The image of Debian 13. */
  public static final ImageName DEBIAN = new ImageName("debian:trixie");

  /**
   * Reads a name; {@code debian} is short for {@code debian:trixie}.
   *
   * @throws ImageException.InvalidRequest if it is not a name
   */
  public static ImageName parse(String text) throws ImageException {
    if (!LEGAL.matcher(text).matches()) {
      throw new ImageException.InvalidRequest(
          "not an image name: "
              + text.replaceAll("[^\\x20-\\x7e]", "?")
              + " (use lower-case letters, digits, hyphens, dots)");
    }
    return text.equals("debian") ? DEBIAN : new ImageName(text);
  }

  /** Whether this is one of the images we make ourselves, which nobody else may name. */
  public boolean isOurs() {
    return equals(BUSYBOX) || text.equals("debian") || text.startsWith("debian:");
  }

  /** The name as a file name. */
  String fileName() {
    return text.replace(':', '@');
  }

  /** The name of which this is the file name. */
  static ImageName ofFileName(String fileName) {
    return new ImageName(fileName.replace('@', ':'));
  }

  @Override
  public String toString() {
    return text;
  }
}
