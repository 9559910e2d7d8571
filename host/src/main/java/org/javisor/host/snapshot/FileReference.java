package org.javisor.host.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.storage.store.Sha256;

/**
 * A file that a machine boots from.
 *
 * @param path where it was
 * @param sha256 the digest of its content, in hexadecimal digits
 */
@StateVersion(1)
public record FileReference(String path, String sha256) implements SavedState {
  private static final int PIECE = 1 << 16;

  /** Checks the digest's form. */
  public FileReference {
    Sha256 checked = new Sha256(sha256);
    sha256 = checked.hex();
  }

  /**
   * A file as it is now. One that is called by its digest, as the store of images has them, is not
   * read.
   *
   * @throws IOException if it cannot be read
   */
  public static FileReference of(Path file) throws IOException {
    return new FileReference(file.toAbsolutePath().toString(), digest(file).hex());
  }

  private static Sha256 digest(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.matches("[0-9a-f]{64}")) {
      return new Sha256(name);
    }
    MessageDigest digest = Sha256.newDigest();
    try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
      byte[] piece = new byte[PIECE];
      while (content.read(piece) >= 0) {
        // The stream counts what passes.
      }
    }
    return Sha256.of(digest.digest());
  }

  /**
   * Finds the file again, under its path or by its digest in a folder of files.
   *
   * @param files a folder whose files are called by their digests
   * @throws SnapshotException if it is not there, or has changed
   * @throws IOException if it cannot be read
   */
  public Path find(Path files) throws IOException {
    Path stored = files.resolve(sha256);
    if (Files.exists(stored)) {
      return stored;
    }
    Path before = Path.of(path);
    if (!Files.exists(before)) {
      throw new SnapshotException("the machine of the snapshot boots " + path + ", which is gone");
    }
    if (!digest(before).hex().equals(sha256)) {
      throw new SnapshotException(
          "the machine of the snapshot boots " + path + ", which has changed since");
    }
    return before;
  }
}
