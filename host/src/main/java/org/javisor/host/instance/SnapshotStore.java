package org.javisor.host.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.javisor.host.FolderRemoval;
import org.javisor.host.JsonFile;
import org.javisor.host.ProblemException;
import org.javisor.storage.store.DurableRename;
import tools.jackson.core.JacksonException;

/**
 * The snapshots of one instance, a folder each: {@code snapshot.json} with an {@link
 * InstanceSnapshot}, and {@code memory} with a stateful one's memory. A folder has the snapshot's
 * name from the moment that all is in it until the moment it is deleted; half made and half removed
 * ones begin with a dot, and are removed when the store is opened.
 */
final class SnapshotStore {
  static final String MEMORY = "memory";

  private static final String FILE = "snapshot.json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final Path folder;

  SnapshotStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Checks a name.
   *
   * @throws ProblemException if it cannot be a snapshot's
   */
  static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.badInput(
          "'" + name + "' cannot be a snapshot's name",
          "use 1 to 63 letters, digits, dots, hyphens and underscores");
    }
  }

  /** All snapshots, by name. */
  Map<String, InstanceSnapshot> all() throws IOException {
    Map<String, InstanceSnapshot> all = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path one : folders.toList()) {
        String name = String.valueOf(one.getFileName());
        if (!name.startsWith(".")) {
          all.put(name, read(one));
        }
      }
    }
    return all;
  }

  private static InstanceSnapshot read(Path one) throws IOException {
    try {
      return JsonFile.read(one.resolve(FILE), InstanceSnapshot.class);
    } catch (JacksonException e) {
      throw new IOException(one.resolve(FILE) + " cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The snapshot of this name.
   *
   * @throws UnknownSnapshotException if there is none
   */
  InstanceSnapshot get(String name) throws IOException {
    checkName(name);
    try {
      return read(folder.resolve(name));
    } catch (NoSuchFileException e) {
      throw new UnknownSnapshotException(name, e);
    }
  }

  /** Where a snapshot's memory is. */
  Path memory(String name) {
    return folder.resolve(name).resolve(MEMORY);
  }

  /** A folder for what is to be a snapshot. */
  Path begin() throws IOException {
    Files.createDirectories(folder);
    return Files.createTempDirectory(folder, ".new-");
  }

  /** All is in the folder but this record: now it is a snapshot. */
  void finish(Path fresh, String name, InstanceSnapshot snapshot) throws IOException {
    JsonFile.write(fresh.resolve(FILE), snapshot);
    DurableRename.move(fresh, folder.resolve(name));
  }

  /** Replaces what is said of a snapshot. */
  void update(String name, InstanceSnapshot snapshot) throws IOException {
    JsonFile.write(folder.resolve(name).resolve(FILE), snapshot);
  }

  /** Gives a snapshot another name, which is free. */
  void rename(String from, String to) throws IOException {
    DurableRename.move(folder.resolve(from), folder.resolve(to));
  }

  /** Deletes a snapshot. */
  void delete(String name) throws IOException {
    Path going = folder.resolve(".gone-" + System.nanoTime());
    DurableRename.move(folder.resolve(name), going);
    FolderRemoval.remove(going);
  }

  /** Gives up what was begun. */
  void abandon(Path fresh) throws IOException {
    FolderRemoval.remove(fresh);
  }

  /** Whether there was ever a snapshot. */
  boolean isUsed() {
    return Files.isDirectory(folder);
  }

  /** Removes what processes that were killed have left; nothing is being written. */
  void removeLeftovers() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path one : folders.toList()) {
        if (String.valueOf(one.getFileName()).startsWith(".")) {
          FolderRemoval.remove(one);
        }
      }
    }
  }
}
