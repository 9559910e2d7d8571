package org.javisor.image.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.javisor.image.debian.BlobCache;
import org.javisor.storage.store.Sha256;

/**
 * Verified packages and indices, under their digests, so that a variant fetches only what is new.
 */
public final class PackageCache implements BlobCache {
  private final Path folder;

  /** A cache in a folder, which is made when something is put in. */
  public PackageCache(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Path> find(Sha256 digest) {
    Path file = folder.resolve(digest.hex());
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  @Override
  public Path adopt(Path file, Sha256 digest) throws IOException {
    Files.createDirectories(folder);
    return Files.move(file, folder.resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
  }
}
