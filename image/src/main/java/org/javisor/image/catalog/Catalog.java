package org.javisor.image.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javisor.image.Image;
import org.javisor.image.ImageException;
import org.javisor.image.ImageInfo;
import org.javisor.storage.store.AllocatedSize;
import org.javisor.storage.store.DurableRename;
import org.javisor.storage.store.Sha256;

/**
 * The images on this host.
 *
 * <pre>
 *   names/NAME      the manifest of the image of that name
 *   files/DIGEST    kernels, initial RAM disks, root disks; an image's files are here before its
 *                   manifest is, and are removed only after it
 *   lock            held while files and manifests change together
 * </pre>
 */
public final class Catalog {
  /** Processes exclude one another by the file's lock, threads of one process by this. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

  private final Path folder;
  private final Supplier<Set<Sha256>> inUse;

  /**
   * A catalog in a folder, which is made when something is put in.
   *
   * @param inUse files that must stay whatever happens to their image, because a machine's disk
   *     stands on them
   */
  public Catalog(Path folder, Supplier<Set<Sha256>> inUse) {
    this.folder = folder;
    this.inUse = inUse;
  }

  /**
   * The image of this name, if it is here with all its files.
   *
   * @throws ImageException.OtherFormat as {@link #manifest}
   */
  public Optional<Image> find(ImageName name) throws IOException {
    Optional<Manifest> found = manifest(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest = found.get();
    for (Sha256 file : manifest.files()) {
      if (!Files.isRegularFile(file(file))) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new Image(
            manifest.name(),
            file(manifest.kernel()),
            file(manifest.initialRamDisk()),
            manifest.disk().map(this::file),
            manifest.commandLine(),
            manifest.memory(),
            manifest.minimumMemory(),
            digest(manifest.text())));
  }

  /**
   * The manifest of the image of this name, if it is here. An image of ours that another version of
   * Javisor made counts as absent, so that it is made again when it is wanted.
   *
   * @throws ImageException.OtherFormat if another version made an image that is not ours
   */
  public Optional<Manifest> manifest(ImageName name) throws IOException {
    try {
      return Optional.of(Manifest.parse(Files.readString(names().resolve(name.fileName()))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (Manifest.OtherFormatException e) {
      if (name.isOurs()) {
        return Optional.empty();
      }
      throw new ImageException.OtherFormat(name.text());
    }
  }

  private static Sha256 digest(String manifest) {
    return Sha256.digestOf(manifest.getBytes(StandardCharsets.UTF_8));
  }

  /** All images, by name. */
  public List<ImageInfo> list() throws IOException {
    List<ImageInfo> infos = new ArrayList<>();
    for (Path file : manifests()) {
      infos.add(info(file));
    }
    infos.sort(Comparator.comparing(ImageInfo::name));
    return infos;
  }

  private ImageInfo info(Path file) throws IOException {
    String text = Files.readString(file);
    long size = 0;
    for (String digest : digestsIn(text)) {
      size += allocated(file(digest));
    }
    try {
      Manifest manifest = Manifest.parse(text);
      long disk = manifest.disk().isPresent() ? length(file(manifest.disk().get())) : 0;
      return new ImageInfo(
          manifest.name(),
          digest(text),
          manifest.description(),
          manifest.created(),
          size,
          disk,
          manifest.packages());
    } catch (Manifest.OtherFormatException e) {
      return new ImageInfo(
          ImageName.ofFileName(file.getFileName().toString()).text(),
          digest(text),
          "made by another version of javisor",
          Files.getLastModifiedTime(file).toInstant(),
          size,
          0,
          List.of());
    }
  }

  private List<Path> manifests() throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(names())) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(names(), "[a-z0-9]*")) {
        files.forEach(found::add);
      }
    }
    return found;
  }

  /** The digests of the files that a manifest names, whatever its format. */
  private static Set<String> digestsIn(String manifest) {
    return DIGEST
        .matcher(manifest)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  /** A sparse file takes less than its length. */
  private static long allocated(Path file) throws IOException {
    try {
      return AllocatedSize.of(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static long length(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /**
   * An image that is ready but not yet known under its name. Its files are moved away, but for
   * those that are files of this catalog already.
   */
  public record Draft(Manifest manifest, Path kernel, Path initialRamDisk, Optional<Path> disk) {}

  /** Makes an image known, in place of an earlier one of the same name. */
  public Image publish(Draft draft) throws IOException {
    Manifest manifest = draft.manifest();
    Files.createDirectories(names());
    Files.createDirectories(files());
    try (Exclusive _ = exclusive()) {
      adopt(draft.kernel(), manifest.kernel());
      adopt(draft.initialRamDisk(), manifest.initialRamDisk());
      if (draft.disk().isPresent()) {
        adopt(draft.disk().get(), manifest.disk().orElseThrow());
      }
      Path target = names().resolve(ImageName.parse(manifest.name()).fileName());
      Path temporary = Files.createTempFile(names(), ".", ".new");
      try {
        Files.writeString(temporary, manifest.text());
        DurableRename.move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
      removeUnused();
    }
    return find(ImageName.parse(manifest.name())).orElseThrow();
  }

  private void adopt(Path from, Sha256 digest) throws IOException {
    Path target = file(digest);
    if (from.equals(target)) {
      return;
    }
    if (Files.exists(target)) {
      Files.deleteIfExists(from);
      return;
    }
    // Nobody writes to a file of an image by mistake.
    from.toFile().setReadOnly();
    DurableRename.move(from, target);
  }

  /**
   * Forgets an image and removes files no other image has.
   *
   * @return whether there was such an image
   */
  public boolean remove(ImageName name) throws IOException {
    if (!Files.isDirectory(names())) {
      return false;
    }
    try (Exclusive _ = exclusive()) {
      boolean was = Files.deleteIfExists(names().resolve(name.fileName()));
      if (was) {
        removeUnused();
      }
      return was;
    }
  }

  private void removeUnused() throws IOException {
    Set<String> used = new HashSet<>();
    inUse.get().forEach(digest -> used.add(digest.hex()));
    for (Path manifest : manifests()) {
      used.addAll(digestsIn(Files.readString(manifest)));
    }
    try (Stream<Path> files = Files.list(files())) {
      for (Path file : files.toList()) {
        if (!used.contains(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** The digest of a file. */
  public static Sha256 digestOf(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return Sha256.of(digest.digest());
  }

  private Path names() {
    return folder.resolve("names");
  }

  private Path file(Sha256 digest) {
    return file(digest.hex());
  }

  /** Where the files of all images are, each called by its digest. */
  public Path files() {
    return folder.resolve("files");
  }

  private Path file(String digest) {
    return files().resolve(digest);
  }

  private Exclusive exclusive() throws IOException {
    THREADS.lock();
    boolean held = false;
    try {
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      Exclusive lock = new Exclusive(channel, channel.lock());
      held = true;
      return lock;
    } finally {
      if (!held) {
        THREADS.unlock();
      }
    }
  }

  private record Exclusive(FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        THREADS.unlock();
      }
    }
  }
}
