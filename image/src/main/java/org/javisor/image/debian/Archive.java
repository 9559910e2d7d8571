package org.javisor.image.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.javisor.image.ImageException;
import org.javisor.image.Progress;
import org.javisor.image.openpgp.Keyring;
import org.javisor.image.openpgp.SignatureException;
import org.javisor.storage.store.DurableRename;
import org.javisor.storage.store.Sha256;

/**
 * One suite of a Debian archive, verified: its release file's signature and dates, the index by the
 * release, each package by the index.
 */
public final class Archive implements AutoCloseable {
  private static final int RELEASE_LIMIT = 8 << 20;
  private static final Duration FUTURE_SLACK = Duration.ofDays(1);
  private static final int PARALLEL = 4;

  /** A release under the suite's other name may be so much older: then it is no rollback. */
  private static final Duration OTHER_NAME_LAG = Duration.ofDays(90);

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  private final HttpTransport transport;
  private final Downloader downloader;
  private final PackageCache cache;
  private final Settings settings;
  private final URI root;
  private final Release release;

  /**
   * What an archive is opened with.
   *
   * @param suite code name or suite, such as {@code trixie}
   * @param architecture such as {@code riscv64}
   * @param keyring the signers we trust
   * @param folder where release files seen earlier and unfinished downloads are kept
   * @param environment the process environment, for proxies
   * @param clock the time to judge dates by
   */
  public record Settings(
      String suite,
      String architecture,
      Keyring keyring,
      Path folder,
      Map<String, String> environment,
      InstantSource clock) {}

  private Archive(
      HttpTransport transport,
      Downloader downloader,
      PackageCache cache,
      Settings settings,
      URI root,
      Release release) {
    this.transport = transport;
    this.downloader = downloader;
    this.cache = cache;
    this.settings = settings;
    this.root = root;
    this.release = release;
  }

  /**
   * Opens the first candidate of the mirror that has the suite, properly signed.
   *
   * @throws ImageException if none has; of a place a person named, its own failure
   */
  public static Archive open(Mirror mirror, PackageCache cache, Settings settings)
      throws IOException, InterruptedException {
    HttpTransport transport = new HttpTransport(settings.environment());
    boolean opened = false;
    try {
      Duration pause = Duration.ofMillis(500);
      Downloader downloader =
          new Downloader(transport, settings.folder().resolve("unfinished"), pause);
      List<String> tried = new ArrayList<>();
      for (URI root : mirror.candidates()) {
        try {
          Release release = release(root, downloader, settings);
          opened = true;
          return new Archive(transport, downloader, cache, settings, root, release);
        } catch (ImageException e) {
          if (mirror.named()) {
            throw e;
          }
          tried.add(String.valueOf(e.getMessage()));
        }
      }
      throw new ImageException.NoMirror(
          Mirror.configurationFile(settings.environment()).toString(), tried);
    } finally {
      if (!opened) {
        transport.close();
      }
    }
  }

  private static Release release(URI root, Downloader downloader, Settings settings)
      throws IOException, InterruptedException {
    URI uri = root.resolve("dists/" + settings.suite() + "/InRelease");
    Path kept = keptRelease(root, settings);
    Optional<Release> known = readKept(kept, settings);
    byte[] bytes;
    try {
      bytes = downloader.small(uri, RELEASE_LIMIT);
    } catch (Transport.Absent e) {
      throw new ImageException.Unreachable(uri.toString(), String.valueOf(e.getMessage()), e);
    } catch (ImageException.Unreachable e) {
      // What was verified earlier is still good; all it needs may be here already.
      return known.orElseThrow(() -> e);
    }
    Release release = verified(uri.toString(), bytes, settings);
    if (known.isPresent() && release.date().isBefore(known.get().date())) {
      throw new ImageException.Unverified(
          uri.toString(),
          "it is of %s, older than the one of %s seen before"
              .formatted(release.date(), known.get().date()));
    }
    Files.createDirectories(kept.getParent());
    Path temporary = Files.createTempFile(kept.getParent(), "release", ".tmp");
    try {
      Files.write(temporary, bytes);
      DurableRename.move(temporary, kept);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return release;
  }

  private static Path keptRelease(URI root, Settings settings) {
    String place =
        Sha256.digestOf(root.toString().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    return settings.folder().resolve("releases").resolve(place + "-" + settings.suite());
  }

  private static Optional<Release> readKept(Path kept, Settings settings) {
    try {
      return Optional.of(verified(kept.toString(), Files.readAllBytes(kept), settings));
    } catch (IOException e) {
      // Absent, expired, or signed by someone we do not trust any more.
      return Optional.empty();
    }
  }

  private static Release verified(String name, byte[] bytes, Settings settings) throws IOException {
    Instant now = settings.clock().instant();
    Release release;
    try {
      release = Release.parse(settings.keyring().verify(bytes, now));
    } catch (SignatureException e) {
      throw new ImageException.Unverified(name, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ImageException.Malformed(name, String.valueOf(e.getMessage()), e);
    }
    if (!release.codename().equals(settings.suite()) && !release.suite().equals(settings.suite())) {
      throw new ImageException.Unverified(
          name, "it is for " + release.codename() + ", not for " + settings.suite());
    }
    if (release.date().isAfter(now.plus(FUTURE_SLACK))) {
      throw new ImageException.Unverified(
          name, "it is from the future (" + release.date() + "); is this host's clock right?");
    }
    Instant end = release.validUntil();
    if (end != null && end.isBefore(now)) {
      throw new ImageException.Unverified(name, "it has expired on " + end);
    }
    return release;
  }

  /** The archive's root, with a closing slash. */
  public URI root() {
    return root;
  }

  /** The verified release file. */
  public Release release() {
    return release;
  }

  /**
   * The packages of the component main, from an index verified by the release.
   *
   * <p>A mirror that is being updated, or a cache before it, serves files of two releases, often
   * for hours. Then the suite's other name, such as {@code stable}, may still have a whole one.
   *
   * @throws ImageException.DigestMismatch if the index is not the one the release names
   */
  public PackageIndex packages(Progress progress) throws IOException, InterruptedException {
    try {
      return packages(release, settings.suite(), progress);
    } catch (ImageException.DigestMismatch e) {
      String other =
          release.suite().equals(settings.suite()) ? release.codename() : release.suite();
      Optional<Release> whole = underOtherName(other);
      if (whole.isEmpty()) {
        throw e;
      }
      return packages(whole.get(), other, progress);
    }
  }

  /** The release of the suite under another name, if it is there and not much older. */
  private Optional<Release> underOtherName(String name) throws InterruptedException {
    if (!NAME.matcher(name).matches() || name.equals(settings.suite())) {
      return Optional.empty();
    }
    URI uri = root.resolve("dists/" + name + "/InRelease");
    try {
      Release found = verified(uri.toString(), downloader.small(uri, RELEASE_LIMIT), settings);
      return Optional.of(found)
          .filter(one -> !one.date().isBefore(release.date().minus(OTHER_NAME_LAG)));
    } catch (IOException e) {
      return Optional.empty(); // What is wrong under the name that was asked for is what is told.
    }
  }

  private PackageIndex packages(Release from, String suite, Progress progress)
      throws IOException, InterruptedException {
    String base = "main/binary-" + settings.architecture() + "/Packages";
    for (String suffix : List.of(".xz", ".gz", "")) {
      Release.Entry entry = from.files().get(base + suffix);
      if (entry == null) {
        continue;
      }
      Path file = index(suite, base + suffix, entry, progress);
      try (InputStream in =
          Compression.ofName(base + suffix)
              .open(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
        return PackageIndex.read(in);
      } catch (IOException e) {
        throw new ImageException.Malformed(
            root + "dists/" + suite + "/" + base, String.valueOf(e.getMessage()), e);
      }
    }
    throw new ImageException.Unverified(
        root + "dists/" + suite, "it has no index of packages for " + settings.architecture());
  }

  private Path index(String name, String path, Release.Entry entry, Progress progress)
      throws IOException, InterruptedException {
    Sha256 digest = Sha256.parse(entry.sha256());
    Optional<Path> present = cache.find(digest);
    if (present.isPresent()) {
      return present.get();
    }
    URI suite = root.resolve("dists/" + name + "/");
    URI plain = suite.resolve(path);
    // Under its digest the index that belongs to this release stays there while a new one comes.
    URI byHash =
        suite.resolve(
            path.substring(0, path.lastIndexOf('/') + 1) + "by-hash/SHA256/" + entry.sha256());
    try (Progress.Phase phase =
        progress.begin("Downloading the package index", Progress.Unit.BYTES, entry.size())) {
      return cache.adopt(indexFile(byHash, plain, entry, digest, phase), digest);
    }
  }

  private Path indexFile(
      URI byHash, URI plain, Release.Entry entry, Sha256 digest, Progress.Phase phase)
      throws IOException, InterruptedException {
    if (release.byHash()) {
      try {
        return downloader.file(plain.toString(), byHash, entry.size(), digest, phase);
      } catch (Transport.Absent e) {
        // A partial mirror; the plain name is as good while its content fits.
      }
    }
    try {
      return downloader.file(plain.toString(), plain, entry.size(), digest, phase);
    } catch (Transport.Absent e) {
      throw new ImageException.Unreachable(plain.toString(), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Fetches packages, several at a time; those in the cache are not fetched again.
   *
   * @return each package's file, in the order asked for
   * @throws ImageException.DigestMismatch naming the package if one is not what the index says;
   *     those that were good stay in the cache
   */
  public SequencedMap<DebianPackage, Path> fetch(List<DebianPackage> wanted, Progress progress)
      throws IOException, InterruptedException {
    SequencedMap<DebianPackage, Path> files = new LinkedHashMap<>();
    List<DebianPackage> missing = new ArrayList<>();
    for (DebianPackage one : wanted) {
      Optional<Path> present = cache.find(Sha256.parse(one.sha256()));
      files.put(one, present.orElse(settings.folder()));
      if (present.isEmpty()) {
        missing.add(one);
      }
    }
    if (!missing.isEmpty()) {
      long bytes = missing.stream().mapToLong(DebianPackage::size).sum();
      String title =
          missing.size() == 1
              ? "Downloading " + missing.getFirst().name()
              : "Downloading " + missing.size() + " packages";
      try (Progress.Phase phase = progress.begin(title, Progress.Unit.BYTES, bytes)) {
        files.putAll(fetchAll(missing, phase));
      }
    }
    return files;
  }

  private record Fetched(DebianPackage of, Path file) {}

  private Map<DebianPackage, Path> fetchAll(List<DebianPackage> missing, Progress.Phase phase)
      throws IOException, InterruptedException {
    Map<DebianPackage, Path> files = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory());
    try {
      ExecutorCompletionService<Fetched> running = new ExecutorCompletionService<>(threads);
      missing.forEach(one -> running.submit(() -> new Fetched(one, fetchOne(one, phase))));
      for (int i = 0; i < missing.size(); i++) {
        Fetched done = running.take().get();
        files.put(done.of(), done.file());
      }
      return files;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IOException(e.getCause());
      }
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  private Path fetchOne(DebianPackage wanted, Progress.Phase phase)
      throws IOException, InterruptedException {
    URI uri = root.resolve(escaped(wanted.file()));
    Sha256 digest = Sha256.parse(wanted.sha256());
    phase.at(wanted.name());
    try {
      Path file = downloader.file("package " + wanted, uri, wanted.size(), digest, phase);
      return cache.adopt(file, digest);
    } catch (Transport.Absent e) {
      throw new ImageException.Unreachable(uri.toString(), String.valueOf(e.getMessage()), e);
    }
  }

  /** A path of the index as a relative reference: it must stay below the root. */
  private static String escaped(String path) throws IOException {
    try {
      String reference = new URI(null, null, "/" + path, null).getRawPath().substring(1);
      if (path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
        throw new ImageException.Malformed(path, "a package's file lies outside the archive", null);
      }
      return reference;
    } catch (URISyntaxException e) {
      throw new ImageException.Malformed(path, "not a package's file name", e);
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
