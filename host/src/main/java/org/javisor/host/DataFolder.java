package org.javisor.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.javisor.storage.store.DurableRename;

/**
 * Where everything of ours lives on this host: {@code $JAVISOR_HOME}, or {@code javisor} under
 * {@code $XDG_DATA_HOME}, or {@code ~/.local/share/javisor}.
 *
 * <pre>
 *   version            the layout's version
 *   images/            images, by digest (module image)
 *   machines/NAME/     what a named machine keeps
 *   profiles/IMAGE     where an image's guests spend their time, for the translator
 *   throwaway/ID/      what a machine has that ends with its process
 * </pre>
 *
 * <p>A folder of a machine whose name begins with a dot is half made or half removed, by a process
 * that holds its lock or was killed.
 *
 * <p>A process that uses a machine's folder holds the lock of its {@code lock} file, so a folder
 * under {@code throwaway} whose lock is free was left by a process that was killed, and is removed.
 */
public final class DataFolder {
  private static final String LAYOUT_VERSION = "1";

  /** How the names of files end that are still being written; they lose it at once or not. */
  private static final String HALF_WRITTEN = ".new";

  private final Path root;

  private DataFolder(Path root) {
    this.root = root;
  }

  /** Where the data folder is by this environment; nothing is created. */
  public static Path locate(Map<String, String> environment) {
    String own = environment.getOrDefault("JAVISOR_HOME", "");
    if (!own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // The base directory specification has relative paths ignored.
    if (data.startsWith("/")) {
      return Path.of(data, "javisor");
    }
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    return Path.of(home, ".local", "share", "javisor").toAbsolutePath();
  }

  /**
   * Opens the data folder, making it on first use, and removes what killed processes left.
   *
   * @throws ProblemException if it cannot be made, or a newer version of javisor laid it out
   */
  public static DataFolder open(Path root) {
    try {
      Files.createDirectories(root);
      DataFolder folder = new DataFolder(root);
      String found = folder.version();
      if (!found.equals(LAYOUT_VERSION)) {
        throw ProblemException.hostLacks(
            root + " was laid out by another version of javisor (layout " + found + ")",
            "use that version, or set JAVISOR_HOME to another folder");
      }
      folder.removeLeftovers();
      return folder;
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.HOST_LACKS,
              "the data folder " + root + " cannot be used (" + e.getMessage() + ")",
              "make it writable or set JAVISOR_HOME"),
          e);
    }
  }

  private String version() throws IOException {
    Path version = root.resolve("version");
    try {
      return Files.readString(version).strip();
    } catch (NoSuchFileException e) {
      try (Gate gate = gate()) {
        // Always under the same name, so that processes that are killed here leave one at most.
        Path fresh = root.resolve("version.new");
        Files.writeString(fresh, LAYOUT_VERSION + "\n");
        gate.rename(fresh, version);
      }
      return LAYOUT_VERSION;
    }
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** Where the images are kept. */
  public Path images() {
    return root.resolve("images");
  }

  /** What is known of an image's hot code. */
  TranslatorProfile profile(String image) {
    return new TranslatorProfile(root.resolve("profiles").resolve(image.replace(':', '_')));
  }

  /** Where the named machines are. */
  public Path machines() {
    return root.resolve("machines");
  }

  /** A new folder that is removed when it is closed, or after the process died. */
  public MachineFolder throwAway() {
    try (Gate gate = gate()) {
      Path parent = Files.createDirectories(root.resolve("throwaway"));
      Path folder = Files.createTempDirectory(parent, ProcessHandle.current().pid() + "-");
      return gate.claim(folder, true);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * The folder of a named machine, made on first use.
   *
   * @throws ProblemException if a running process has it
   */
  public MachineFolder named(String name) {
    try (Gate gate = gate()) {
      Path folder = Files.createDirectories(machines().resolve(name));
      return gate.claim(folder, false);
    } catch (MachineFolder.InUseException e) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.BAD_INPUT,
              "the machine " + name + " is running already",
              "end it first, or use another name"),
          e);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * The folder of a named machine that another process hands over. That process holds the gate
   * meanwhile ({@link #reserve}), so that nobody comes between.
   *
   * @throws IOException if that process has not let go of it
   */
  MachineFolder handedOver(String name) throws IOException {
    return MachineFolder.claim(machines().resolve(name), false);
  }

  /**
   * Lets no folder of a machine be made, claimed or removed by anybody but who is handed one over,
   * until this is closed by the same thread.
   */
  public Reservation reserve() throws IOException {
    return gate()::close;
  }

  /** See {@link #reserve}. */
  public interface Reservation extends AutoCloseable {
    @Override
    void close();
  }

  /** What is written into the folder of a machine before the machine is there. */
  @FunctionalInterface
  public interface Filling {
    /** Writes it; what is written is synced. */
    void fill(Path folder) throws IOException;
  }

  /** The folders of all machines that are kept, by name. */
  public List<Path> machineFolders() throws IOException {
    if (!Files.isDirectory(machines())) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(machines())) {
      return folders
          .filter(folder -> !String.valueOf(folder.getFileName()).startsWith("."))
          .sorted()
          .toList();
    }
  }

  /**
   * Makes the folder of a machine: after a crash it is there with all that was filled in, or not at
   * all.
   *
   * @return the folder, which nobody holds
   * @throws ProblemException if there is such a machine
   */
  public Path createMachine(String name, Filling filling) throws IOException {
    Files.createDirectories(machines());
    MachineFolder fresh;
    try (Gate gate = gate()) {
      fresh = gate.claim(Files.createTempDirectory(machines(), ".new-"), false);
    }
    boolean made = false;
    try (fresh) {
      filling.fill(fresh.path());
      Path folder = rename(fresh.path(), name);
      made = true;
      return folder;
    } finally {
      if (!made) {
        FolderRemoval.remove(fresh.path());
      }
    }
  }

  /**
   * Gives the folder of a machine that nobody uses another name.
   *
   * @throws ProblemException if there is a machine of that name, or a process uses this one
   */
  public Path renameMachine(String from, String to) throws IOException {
    try (MachineFolder folder = named(from)) {
      return rename(folder.path(), to);
    }
  }

  /**
   * Removes the folder of a machine that nobody uses. From the moment its name is gone it is not
   * there any more, even if the process dies before all of it is removed.
   *
   * @throws ProblemException if a process uses it
   */
  public void removeMachine(String name) throws IOException {
    try (MachineFolder folder = named(name)) {
      Path going = machines().resolve(".gone-" + name + "-" + System.nanoTime());
      try (Gate gate = gate()) {
        gate.rename(folder.path(), going);
      }
      // It is gone. What cannot be removed now is when a process begins the next time.
      try {
        FolderRemoval.remove(going);
      } catch (IOException e) {
        System.getLogger(DataFolder.class.getName())
            .log(System.Logger.Level.WARNING, "something of " + name + " is left", e);
      }
    }
  }

  private Path rename(Path from, String name) throws IOException {
    Path to = machines().resolve(name);
    try (Gate gate = gate()) {
      gate.removeHollow(to);
      if (Files.exists(to)) {
        throw ProblemException.badInput(
            "a machine is called " + name + " already", "choose another name");
      }
      gate.rename(from, to);
    }
    return to;
  }

  private void removeLeftovers() throws IOException {
    try (Gate gate = gate()) {
      for (Path folder : folders(root.resolve("throwaway"), "*")) {
        gate.removeUnused(folder);
      }
      for (Path folder : folders(machines(), ".*")) {
        gate.removeUnused(folder);
      }
      for (Path folder : folders(machines(), "[!.]*")) {
        gate.removeHollow(folder);
        gate.removeHalfWritten(folder);
      }
    }
  }

  private static List<Path> folders(Path parent, String pattern) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, pattern)) {
      folders.forEach(all::add);
    }
    return all;
  }

  private static boolean isNothing(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.equals("lock") || name.endsWith(HALF_WRITTEN);
  }

  private ProblemException unusable(IOException cause) {
    return new ProblemException(
        new Problem(
            Problem.Kind.HOST_LACKS,
            "the data folder " + root + " cannot be written (" + cause.getMessage() + ")",
            "make room or set JAVISOR_HOME to another folder"),
        cause);
  }

  private Gate gate() throws IOException {
    return new Gate(root.resolve("lock"));
  }

  /** Held while folders are made, claimed and removed, so that no process sees one half made. */
  private static final class Gate implements AutoCloseable {
    /** The system's lock is the process's; this one is for its threads. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final FileChannel channel;

    Gate(Path file) throws IOException {
      THREADS.lock();
      FileChannel opened = null;
      boolean locked = false;
      try {
        opened = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = opened.lock();
        locked = held.isValid();
        channel = opened;
      } finally {
        if (!locked) {
          THREADS.unlock();
          if (opened != null) {
            opened.close();
          }
        }
      }
    }

    /** Renames on stable storage. */
    void rename(Path from, Path to) throws IOException {
      DurableRename.move(from, to);
    }

    /** Removes a folder that no process holds. */
    void removeUnused(Path folder) throws IOException {
      try {
        claim(folder, true).close();
      } catch (MachineFolder.InUseException | NoSuchFileException e) {
        // Its process lives, or has just removed it.
      }
    }

    /** Removes the folder of a machine of which nothing was kept before its process was killed. */
    void removeHollow(Path folder) throws IOException {
      if (folders(folder, "*").stream().allMatch(DataFolder::isNothing)
          && Files.isDirectory(folder)) {
        removeUnused(folder);
      }
    }

    /** Removes files that a killed process had not given their names yet. */
    void removeHalfWritten(Path folder) throws IOException {
      List<Path> files = folders(folder, "*" + HALF_WRITTEN);
      if (files.isEmpty()) {
        return;
      }
      try (MachineFolder held = claim(folder, false)) {
        for (Path file : files) {
          Files.deleteIfExists(held.path().resolve(file));
        }
      } catch (MachineFolder.InUseException e) {
        // Its process lives and is writing them.
      }
    }

    MachineFolder claim(Path folder, boolean removeAtEnd) throws IOException {
      return MachineFolder.claim(folder, removeAtEnd);
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        THREADS.unlock();
      }
    }
  }
}
