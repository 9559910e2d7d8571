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
import java.util.Map;
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
 * A process that uses a machine's folder holds the lock of its {@code lock} file, so a folder under
 * {@code throwaway} whose lock is free was left by a process that was killed, and is removed.
 */
public final class DataFolder {
  private static final String LAYOUT_VERSION = "1";

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
      Path version = root.resolve("version");
      String found;
      try {
        found = Files.readString(version).strip();
      } catch (NoSuchFileException e) {
        Path fresh = Files.createTempFile(root, "version", ".new");
        Files.writeString(fresh, LAYOUT_VERSION + "\n");
        DurableRename.move(fresh, version);
        found = LAYOUT_VERSION;
      }
      if (!found.equals(LAYOUT_VERSION)) {
        throw ProblemException.hostLacks(
            root + " was laid out by another version of javisor (layout " + found + ")",
            "use that version, or set JAVISOR_HOME to another folder");
      }
      DataFolder folder = new DataFolder(root);
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
  Path machines() {
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

  private void removeLeftovers() throws IOException {
    Path parent = root.resolve("throwaway");
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Gate gate = gate();
        DirectoryStream<Path> folders = Files.newDirectoryStream(parent)) {
      for (Path folder : folders) {
        try {
          gate.claim(folder, true).close();
        } catch (MachineFolder.InUseException e) {
          // Its process lives.
        }
      }
    }
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
    private final FileChannel channel;

    Gate(Path file) throws IOException {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean locked = false;
      try {
        FileLock held = channel.lock();
        locked = held.isValid();
      } finally {
        if (!locked) {
          channel.close();
        }
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
      }
    }
  }
}
