package org.javisor.host.instance;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;
import org.javisor.migration.MigrationException;
import org.javisor.migration.MigrationPolicy;
import org.javisor.migration.MigrationProgress;
import org.javisor.migration.file.MachineFile;
import org.javisor.storage.store.DurableRename;

/** Machines of one instance in files, beside what it has. They go with it. */
public final class Backups {
  private static final String FOLDER = "backups";
  private static final String ENDING = ".machine";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final HostedInstance instance;

  Backups(HostedInstance instance) {
    this.instance = instance;
  }

  /**
   * A file.
   *
   * @param name its name
   * @param createdAt when it was whole
   * @param size in bytes
   */
  public record Entry(String name, Instant createdAt, long size) {}

  private Path folder() {
    return instance.folder().resolve(FOLDER);
  }

  private Path file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.badInput(
          "'" + name + "' cannot be a backup's name",
          "use letters, digits, dots, hyphens and underscores");
    }
    return folder().resolve(name + ENDING);
  }

  /** Those that are there, by name. */
  public List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(), "*" + ENDING)) {
      for (Path file : files) {
        all.add(entry(file));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.sort(Comparator.comparing(Entry::name));
    return all;
  }

  private static Entry entry(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    return new Entry(
        name.substring(0, name.length() - ENDING.length()),
        Files.getLastModifiedTime(file).toInstant(),
        Files.size(file));
  }

  /**
   * One of them.
   *
   * @throws UnknownBackupException if there is none of this name
   */
  public Entry get(String name) {
    try {
      return entry(file(name));
    } catch (NoSuchFileException e) {
      throw new UnknownBackupException(instance.name(), name, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the machine as it is; it runs meanwhile but for a moment. Snapshots are not in the file.
   *
   * @param listener hears how far it is; it does not block
   * @throws ProblemException if the instance is off, or the file cannot be written
   */
  public Entry create(String name, Consumer<MigrationProgress> listener)
      throws InterruptedException {
    Path target = file(name);
    if (Files.exists(target)) {
      throw ProblemException.badInput(
          "the instance " + instance.name() + " has a backup " + name, "choose another name");
    }
    // What ends so is removed when a process opens the data folder after a crash.
    Path fresh = instance.folder().resolve("backup-" + UUID.randomUUID() + ".new");
    try {
      write(fresh, listener);
      Files.createDirectories(folder());
      DurableRename.move(fresh, target);
      return entry(target);
    } catch (IOException e) {
      throw ProblemException.failed(
          "the instance " + instance.name() + " was not written: " + e.getMessage(), "", e);
    } finally {
      forget(fresh);
    }
  }

  private static void forget(Path fresh) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      System.getLogger(Backups.class.getName())
          .log(System.Logger.Level.WARNING, "{0} is left", fresh);
    }
  }

  private void write(Path fresh, Consumer<MigrationProgress> listener)
      throws IOException, InterruptedException {
    Backup backup = new Backup(instance, instance.beginExport());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16)) {
      MachineFile.write(
          out, backup, UUID.randomUUID().toString(), MigrationPolicy.STANDARD, listener);
    } catch (MigrationException e) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    } finally {
      instance.endMove();
    }
  }

  /** Writes all of a file to a stream. */
  public void copy(String name, OutputStream target) throws IOException {
    Files.copy(file(name), target);
  }

  /**
   * Removes a file.
   *
   * @throws UnknownBackupException if there is none of this name
   */
  public void delete(String name) {
    try {
      Files.delete(file(name));
    } catch (NoSuchFileException e) {
      throw new UnknownBackupException(instance.name(), name, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
