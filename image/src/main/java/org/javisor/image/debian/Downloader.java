package org.javisor.image.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import org.javisor.image.DiskRoom;
import org.javisor.image.ImageException;
import org.javisor.image.Progress;
import org.javisor.storage.store.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files and checks them against what is known about them. Failures of the network are
 * retried, each time later than the last; a transfer that broke off goes on where it stopped, even
 * in the next process.
 */
final class Downloader {
  private static final int ATTEMPTS = 5;
  private static final int BUFFER = 64 * 1024;

  private final Transport transport;
  private final Path folder;
  private final Duration firstPause;

  /**
   * @param folder where unfinished files lie, on the same disk as their later home
   * @param firstPause how long to wait after the first failure; doubled after each further one
   */
  Downloader(Transport transport, Path folder, Duration firstPause) {
    this.transport = transport;
    this.folder = folder;
    this.firstPause = firstPause;
  }

  /**
   * Fetches a small file whose content is not known beforehand.
   *
   * @param limit its greatest length in bytes
   * @throws Transport.Absent if it is not there
   */
  byte[] small(URI uri, int limit) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try (Transport.Transfer transfer = transport.open(uri, 0)) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int n = transfer.body().read(buffer); n >= 0; n = transfer.body().read(buffer)) {
          all.write(buffer, 0, n);
          if (all.size() > limit) {
            throw new ImageException.Unverified(uri.toString(), "it is too long");
          }
        }
        if (transfer.length() >= 0 && all.size() != transfer.length()) {
          throw new IOException("the transfer broke off");
        }
        return all.toByteArray();
      } catch (Transport.Absent | ImageException e) {
        throw e;
      } catch (IOException e) {
        pauseOrGiveUp(uri, attempt, e);
      }
    }
  }

  /**
   * Fetches a file whose length and digest are known.
   *
   * @param subject what the file is to a person, such as the package's name
   * @param phase told the bytes as they come
   * @return the verified file in the folder of unfinished files; the caller moves it away
   * @throws ImageException.DigestMismatch if what comes is something else; nothing is kept
   * @throws Transport.Absent if it is not there
   */
  Path file(String subject, URI uri, long size, Sha256 digest, Progress.Phase phase)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = folder.resolve(digest.hex() + ".part");
    try (FileChannel channel = openForUs(file)) {
      if (channel != null) {
        return fill(subject, uri, size, digest, phase, file, channel);
      }
    }
    // Another process fetches the same file just now; neither must disturb the other.
    Path own = folder.resolve(digest.hex() + "-" + UUID.randomUUID() + ".part");
    try (FileChannel channel = open(own)) {
      return fill(subject, uri, size, digest, phase, own, channel);
    }
  }

  private static @Nullable FileChannel openForUs(Path file) throws IOException {
    FileChannel channel = open(file);
    try {
      // The lock goes with the channel.
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process.
    }
    channel.close();
    return null;
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private Path fill(
      String subject,
      URI uri,
      long size,
      Sha256 digest,
      Progress.Phase phase,
      Path file,
      FileChannel channel)
      throws IOException, InterruptedException {
    boolean good = false;
    try {
      boolean resumed = channel.size() > 0;
      phase.advance(Math.min(channel.size(), size));
      Sha256 actual = transfer(subject, uri, size, phase, channel);
      if (!actual.equals(digest) && resumed) {
        // What an earlier process left may be to blame: once more from the start.
        phase.advance(-channel.size());
        channel.truncate(0);
        actual = transfer(subject, uri, size, phase, channel);
      }
      if (!actual.equals(digest)) {
        throw new ImageException.DigestMismatch(subject, digest.toString(), actual.toString());
      }
      good = true;
      return file;
    } catch (ImageException | Transport.Absent e) {
      throw e;
    } catch (IOException e) {
      throw DiskRoom.explain(e, folder, size);
    } finally {
      if (!good && !worthKeeping(channel, size)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** A broken transfer can be gone on with; a complete but wrong one is of no use. */
  private static boolean worthKeeping(FileChannel channel, long size) {
    try {
      return channel.isOpen() && channel.size() > 0 && channel.size() < size;
    } catch (IOException e) {
      return false;
    }
  }

  private Sha256 transfer(
      String subject, URI uri, long size, Progress.Phase phase, FileChannel channel)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      long before = channel.size();
      if (before > size) {
        channel.truncate(0);
        before = 0;
      }
      try {
        append(subject, uri, size, phase, channel);
        return digestOf(channel);
      } catch (Transport.Absent | ImageException e) {
        throw e;
      } catch (IOException e) {
        if (DiskRoom.explain(e, folder, size) instanceof ImageException full) {
          throw full;
        }
        // A link that brings something each time is slow, not broken.
        attempt = channel.size() > before ? 1 : attempt;
        pauseOrGiveUp(uri, attempt, e);
      }
    }
  }

  private void append(String subject, URI uri, long size, Progress.Phase phase, FileChannel channel)
      throws IOException, InterruptedException {
    long have = channel.size();
    if (have == size) {
      return;
    }
    try (Transport.Transfer transfer = transport.open(uri, have)) {
      if (transfer.length() >= 0 && transfer.length() != size) {
        channel.truncate(0);
        throw new ImageException.DigestMismatch(
            subject, size + " bytes", transfer.length() + " bytes");
      }
      if (transfer.offset() != have) {
        phase.advance(transfer.offset() - have);
        channel.truncate(transfer.offset());
        have = transfer.offset();
      }
      channel.position(have);
      byte[] buffer = new byte[BUFFER];
      InputStream body = transfer.body();
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        have += n;
        if (have > size) {
          channel.truncate(0);
          throw new ImageException.DigestMismatch(subject, size + " bytes", "more");
        }
        ByteBuffer out = ByteBuffer.wrap(buffer, 0, n);
        while (out.hasRemaining()) {
          channel.write(out);
        }
        phase.advance(n);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    if (have != size) {
      throw new IOException("the transfer broke off after " + have + " of " + size + " bytes");
    }
  }

  private static Sha256 digestOf(FileChannel channel) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long at = 0;
    for (int n = channel.read(buffer, at); n >= 0; n = channel.read(buffer, at)) {
      digest.update(buffer.flip());
      buffer.clear();
      at += n;
    }
    return Sha256.parse(HexFormat.of().formatHex(digest.digest()));
  }

  private void pauseOrGiveUp(URI uri, int attempt, IOException failure)
      throws ImageException, InterruptedException {
    if (attempt >= ATTEMPTS) {
      throw new ImageException.Unreachable(uri.toString(), words(failure), failure);
    }
    Thread.sleep(firstPause.multipliedBy(1L << (attempt - 1)));
  }

  /** A connection refused comes as an exception without words. */
  private static String words(IOException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        return t.getMessage();
      }
    }
    return failure.getClass().getSimpleName();
  }
}
