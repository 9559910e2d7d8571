package org.javisor.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells a full disk from other failures, and whether there will be room before work begins. */
public final class DiskRoom {
  private DiskRoom() {}

  /**
   * Checks that a folder's disk has room.
   *
   * @param needed bytes that are going to be written
   * @throws ImageException.DiskFull if there is less
   */
  public static void require(Path folder, long needed) throws IOException {
    long left = left(folder);
    if (left < needed) {
      throw new ImageException.DiskFull(folder, needed, left, null);
    }
  }

  /**
   * The same failure, as {@link ImageException.DiskFull} if a full disk or an exhausted quota is
   * the reason.
   *
   * @param needed bytes that were going to be written, 0 if not known
   */
  public static IOException explain(IOException failure, Path folder, long needed) {
    if (failure instanceof ImageException) {
      return failure;
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
      if (message.contains("no space left") || message.contains("quota exceeded")) {
        return new ImageException.DiskFull(folder, needed, left(folder), failure);
      }
    }
    return failure;
  }

  private static long left(Path folder) {
    for (Path p = folder.toAbsolutePath(); p != null; p = p.getParent()) {
      try {
        return Files.getFileStore(p).getUsableSpace();
      } catch (IOException e) {
        // The folder is not there yet; its parent is on the same disk.
      }
    }
    return 0;
  }
}
