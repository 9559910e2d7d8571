package org.javisor.image.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.javisor.storage.store.DurableRename;
import org.javisor.storage.store.Sha256;

/**
 * Verified packages and indices, under their digests, so that a variant fetches only what is new.
 */
public final class PackageCache {
  private final Path folder;

  /** A cache in a folder, which is made when something is put in. */
  public PackageCache(Path folder) {
    this.folder = folder;
  }

  /** The file of this digest, if it is here. */
  Optional<Path> find(Sha256 digest) {
    Path file = folder.resolve(digest.hex());
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * Moves a verified file into the cache; after a crash it is there wholly or not at all.
   *
   * @return where it is now
   */
  Path adopt(Path file, Sha256 digest) throws IOException {
    Files.createDirectories(folder);
    return DurableRename.move(file, folder.resolve(digest.hex()));
  }
}
