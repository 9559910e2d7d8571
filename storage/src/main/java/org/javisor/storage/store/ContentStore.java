package org.javisor.storage.store;

import java.io.Closeable;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Immutable blobs under the digest of their contents, and names that refer to them.
 *
 * <pre>
 *   blobs/sha256/5f/5f3c...   a blob, complete and on stable storage; read-only
 *   names/debian%3Atrixie     a manifest: the blobs that a name stands for
 *   partial/                  what is being written; of no use after a crash
 *   locks/                    one file for each lock, empty
 * </pre>
 *
 * <p>A blob or manifest appears whole or not at all, whatever dies at whatever moment: it is
 * written aside, synced, and renamed. Any number of processes may use a store at the same time; two
 * that write the same blob both succeed. Only {@link #collect} needs the store for itself. Safe for
 * use by several threads.
 */
public final class ContentStore {

  private final Path blobs;
  private final Path names;
  private final Path partial;
  private final Path locks;

  private ContentStore(Path root) {
    blobs = root.resolve("blobs").resolve("sha256");
    names = root.resolve("names");
    partial = root.resolve("partial");
    locks = root.resolve("locks");
  }

  /** Opens the store under a folder, which is made if needed. */
  public static ContentStore open(Path root) throws IOException {
    ContentStore store = new ContentStore(root);
    for (Path folder : new Path[] {store.blobs, store.names, store.partial, store.locks}) {
      Files.createDirectories(folder);
    }
    return store;
  }

  /** Where the blob of this digest is, if it is here. */
  public Optional<Path> find(Sha256 digest) {
    Path blob = path(digest);
    return Files.isRegularFile(blob) ? Optional.of(blob) : Optional.empty();
  }

  Path path(Sha256 digest) {
    return blobs.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  Path partialFolder() {
    return partial;
  }

  Path namePath(String name) {
    // A full stop would be left alone, and a name could then be "..".
    return names.resolve(URLEncoder.encode(name, StandardCharsets.UTF_8).replace(".", "%2E"));
  }

  /** What a name stands for, if it is known. */
  public Optional<Manifest> manifest(String name) throws IOException {
    try {
      return Optional.of(Manifest.decode(Files.readString(namePath(name)), name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** All names and what they stand for, sorted by name. */
  public SortedMap<String, Manifest> manifests() throws IOException {
    SortedMap<String, Manifest> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(names)) {
      for (Path file : files.toList()) {
        String name = URLDecoder.decode(file.getFileName().toString(), StandardCharsets.UTF_8);
        manifest(name).ifPresent(manifest -> all.put(name, manifest));
      }
    }
    return Collections.unmodifiableSortedMap(all);
  }

  /**
   * Begins to write, or to use blobs without a name: as long as the session is open, here or in any
   * other process, nothing is collected.
   */
  public StoreSession begin() throws IOException {
    return new StoreSession(this, collectorLock().share());
  }

  private ProcessLock collectorLock() throws IOException {
    return ProcessLock.of(locks.resolve("collector"));
  }

  /**
   * Waits until this process is the only one that holds the lock of this name, for work that two
   * should not do at the same time, such as building one image.
   *
   * @return releases the lock when closed
   */
  public Closeable lock(String name) throws IOException {
    return ProcessLock.of(locks.resolve("name-" + namePath(name).getFileName())).take();
  }

  /**
   * Deletes every blob that no name refers to, and what writers that died have left.
   *
   * @return the bytes freed; empty if the store is in use, and nothing was deleted
   * @throws IOException if a manifest is damaged; nothing was deleted then
   */
  public OptionalLong collect() throws IOException {
    Optional<Closeable> alone = collectorLock().tryTake();
    if (alone.isEmpty()) {
      return OptionalLong.empty();
    }
    try (Closeable _ = alone.get()) {
      Set<String> wanted = new HashSet<>();
      for (Manifest manifest : manifests().values()) {
        manifest.blobs().values().forEach(digest -> wanted.add(digest.hex()));
      }
      return OptionalLong.of(deleteExcept(blobs, wanted) + deleteExcept(partial, Set.of()));
    }
  }

  private static long deleteExcept(Path folder, Set<String> wanted) throws IOException {
    long freed = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!wanted.contains(file.getFileName().toString())) {
          freed += Files.size(file);
          Files.delete(file);
        }
      }
    }
    return freed;
  }
}
