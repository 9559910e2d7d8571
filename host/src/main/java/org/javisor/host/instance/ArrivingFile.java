package org.javisor.host.instance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.javisor.migration.IncomingFile;
import org.javisor.storage.store.DurableRename;
import org.javisor.storage.store.Sha256;

/** A file of an image that comes from another host, called by its digest. */
final class ArrivingFile implements IncomingFile {
  private final Path fresh;
  private final Path target;
  private final MessageDigest digest = Sha256.newDigest();
  private final OutputStream content;

  /**
   * Begins one.
   *
   * @param aside where it is until it is whole, on the same file system
   * @param files where the files of images are
   */
  ArrivingFile(Path aside, Path files, String sha256) throws IOException {
    target = Files.createDirectories(files).resolve(new Sha256(sha256).hex());
    fresh = Files.createTempFile(aside, "file-", ".new");
    content = new DigestOutputStream(Files.newOutputStream(fresh), digest);
  }

  /** Whether a file of this digest is there. */
  static boolean isHere(Path files, String sha256) {
    return Files.isRegularFile(files.resolve(new Sha256(sha256).hex()));
  }

  @Override
  public OutputStream content() {
    return content;
  }

  @Override
  public void keep() throws IOException {
    content.close();
    String found = Sha256.of(digest.digest()).hex();
    if (!found.equals(String.valueOf(target.getFileName()))) {
      throw new IOException("a file of the machine was damaged on its way: it is " + found);
    }
    // Nobody writes to a file of an image by mistake.
    if (!fresh.toFile().setReadOnly()) {
      throw new IOException(fresh + " cannot be made read-only");
    }
    DurableRename.move(fresh, target);
  }

  @Override
  public void close() throws IOException {
    content.close();
    Files.deleteIfExists(fresh);
  }
}
