package org.javisor.storage.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * Writes to a {@link ContentStore}; keeps what it wrote from being collected until it is closed, by
 * when a name should refer to it. If writing fails for any reason, a full disk included, nothing is
 * left behind.
 */
public final class StoreSession implements Closeable {

  private static final int CHUNK = 256 << 10;

  private final ContentStore store;
  private final Closeable lock;

  StoreSession(ContentStore store, Closeable lock) {
    this.store = store;
    this.lock = lock;
  }

  /**
   * Stores contents whose digest is known beforehand; does not read them if they are here already.
   *
   * @return where the blob is
   * @throws DigestMismatchException if the contents have another digest; they are not stored then
   */
  public Path put(InputStream contents, Sha256 expected) throws IOException {
    Path here = store.path(expected);
    if (Files.isRegularFile(here)) {
      return here;
    }
    Path file = partial();
    try {
      Sha256 actual = write(contents, file);
      if (!actual.equals(expected)) {
        throw new DigestMismatchException(expected, actual);
      }
      return publish(file, expected);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Stores contents and returns their digest. */
  public Sha256 put(InputStream contents) throws IOException {
    Path file = partial();
    try {
      Sha256 digest = write(contents, file);
      publish(file, digest);
      return digest;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Moves a finished file into the store, usually one that was made under a {@link #partial} path:
   * it must lie on the same file system. Its holes stay holes.
   *
   * @return its digest
   */
  public Sha256 adopt(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
      while (channel.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
      }
      channel.force(true);
    }
    Sha256 result = Sha256.of(digest.digest());
    publish(file, result);
    return result;
  }

  /** A path in the store where nothing is yet, to make a file at and then {@link #adopt} it. */
  public Path partial() {
    return store.partialFolder().resolve(UUID.randomUUID().toString());
  }

  private static Sha256 write(InputStream contents, Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] chunk = new byte[CHUNK];
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
      for (int n = contents.read(chunk); n >= 0; n = contents.read(chunk)) {
        digest.update(chunk, 0, n);
        out.write(chunk, 0, n);
      }
      channel.force(true);
    }
    return Sha256.of(digest.digest());
  }

  private Path publish(Path file, Sha256 digest) throws IOException {
    Path blob = store.path(digest);
    var _ = file.toFile().setReadOnly();
    Files.createDirectories(blob.getParent());
    move(file, blob);
    return blob;
  }

  /** Makes a name stand for a manifest, whose blobs must be here; replaces what it stood for. */
  public void setManifest(String name, Manifest manifest) throws IOException {
    for (Sha256 digest : manifest.blobs().values()) {
      if (store.find(digest).isEmpty()) {
        throw new IOException("the store has no blob " + digest + " for " + name);
      }
    }
    Path file = partial();
    try {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer text = ByteBuffer.wrap(manifest.encode().getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
          channel.write(text);
        }
        channel.force(true);
      }
      move(file, store.namePath(name));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Forgets a name; its blobs stay until they are collected.
   *
   * @return whether the name was known
   */
  public boolean deleteManifest(String name) throws IOException {
    Path file = store.namePath(name);
    boolean known = Files.deleteIfExists(file);
    syncFolder(file);
    return known;
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(to);
  }

  /** Makes a rename last: the folder itself must reach stable storage. */
  private static void syncFolder(Path file) throws IOException {
    Path folder = file.getParent();
    // Windows has no way to open a folder, and renames there last without it.
    if (folder != null && !System.getProperty("os.name", "").startsWith("Windows")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Ends the session. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
