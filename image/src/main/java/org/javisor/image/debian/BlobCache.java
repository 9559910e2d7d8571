package org.javisor.image.debian;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.javisor.storage.store.Sha256;

/** Where verified files of the archive are kept. */
public interface BlobCache {
  /** The file of this digest, if it is here. */
  Optional<Path> find(Sha256 digest) throws IOException;

  /**
   * Moves a verified file into the cache.
   *
   * @return where it is now
   */
  Path adopt(Path file, Sha256 digest) throws IOException;
}
