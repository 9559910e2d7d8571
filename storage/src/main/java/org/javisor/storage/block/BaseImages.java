package org.javisor.storage.block;

import java.io.IOException;

/** Finds the images that disks were made from. */
@FunctionalInterface
public interface BaseImages {

  /** For disks that stand on no image. */
  BaseImages NONE =
      identity -> {
        throw new IOException("there is no image " + identity);
      };

  /**
   * Opens an image, which is never changed; whoever asked closes it.
   *
   * @param identity as it was when the disk was made, usually a digest
   * @throws IOException if it is not there
   */
  BlockDevice open(String identity) throws IOException;
}
