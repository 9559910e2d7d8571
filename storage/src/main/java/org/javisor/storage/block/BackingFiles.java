package org.javisor.storage.block;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Finds the backing file that an image names. The image may come from anybody: what it names is
 * opened only where the caller allows it.
 */
@FunctionalInterface
public interface BackingFiles {

  /** Allows none. */
  BackingFiles NONE =
      (name, _) -> {
        throw new IOException(
            "the image needs its backing file " + name + ", which is not allowed");
      };

  /**
   * Opens a backing file for reading; the image closes it.
   *
   * @param name as the image has it
   * @param format {@code raw}, {@code qcow2}, or empty if the image does not say
   */
  BlockDevice open(String name, String format) throws IOException;

  /** Allows files of one folder, raw or qcow2, and what these name there, up to 16 in a row. */
  static BackingFiles in(Path folder) {
    return in(folder, 16);
  }

  private static BackingFiles in(Path folder, int depth) {
    return (name, format) -> {
      Path file = folder.resolve(name).normalize();
      if (depth == 0) {
        throw new IOException("the backing files of the image are too many, or name each other");
      }
      if (!folder.normalize().equals(file.getParent())) {
        throw new IOException("the image's backing file " + name + " is not beside it");
      }
      return switch (format) {
        case "raw" -> RawFile.open(file, true);
        case "qcow2" -> Qcow2Image.open(file, true, in(folder, depth - 1));
        default ->
            throw new IOException(
                "the image does not say that its backing file %s is raw or qcow2; qemu-img rebase -u -F does"
                    .formatted(name));
      };
    };
  }
}
