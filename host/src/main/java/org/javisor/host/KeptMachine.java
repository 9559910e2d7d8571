package org.javisor.host;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import org.javisor.image.Image;
import org.javisor.storage.store.DurableRename;
import org.javisor.storage.store.Sha256;

/**
 * What a named machine was made from: the very files, by digest, that its disk stands on, so that
 * it boots the same however its image has changed since.
 *
 * @param image the image's name
 * @param kernel file of the kernel
 * @param initialRamDisk file of the initial RAM disk
 * @param disk file of the root disk, if the image has one
 * @param commandLine the image's kernel command line
 * @param memory bytes of memory the image wants
 * @param minimumMemory bytes of memory below which it does not boot; 0 where that is not known
 */
public record KeptMachine(
    String image,
    Path kernel,
    Path initialRamDisk,
    Optional<Path> disk,
    String commandLine,
    long memory,
    long minimumMemory) {
  /** What stands for one whose file cannot be read. */
  public static final KeptMachine UNKNOWN =
      new KeptMachine("unknown", Path.of(""), Path.of(""), Optional.empty(), "", 0, 0);

  private static final String FILE = "machine.properties";

  /** Where it lies in the folder of a machine that is not this host's yet. */
  public static final String ASIDE = "arriving";

  /** What an image has for a machine. */
  public static KeptMachine of(Image image) {
    return new KeptMachine(
        image.name(),
        image.kernel(),
        image.initialRamDisk(),
        image.disk(),
        image.commandLine(),
        image.memory(),
        image.minimumMemory());
  }

  /**
   * Checks the memory of a machine, if one is given.
   *
   * @throws ProblemException if it does not boot with as little
   */
  public void requireEnough(OptionalLong given) {
    if (given.isPresent() && given.getAsLong() < minimumMemory) {
      throw ProblemException.badInput(
          ByteSize.format(given.getAsLong()) + " of memory are too little for the image " + image,
          "give it at least " + ByteSize.format(minimumMemory));
    }
  }

  /** What the machine of this folder was made from, if it has been made. */
  public static Optional<KeptMachine> read(Path folder) throws IOException {
    Properties saved = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(FILE))) {
      saved.load(reader);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String disk = saved.getProperty("disk", "");
    return Optional.of(
        new KeptMachine(
            saved.getProperty("image", ""),
            Path.of(saved.getProperty("kernel", "")),
            Path.of(saved.getProperty("initialRamDisk", "")),
            disk.isEmpty() ? Optional.empty() : Optional.of(Path.of(disk)),
            saved.getProperty("commandLine", ""),
            Long.parseLong(saved.getProperty("memory", "0")),
            Long.parseLong(saved.getProperty("minimumMemory", "0"))));
  }

  /** Remembers it in this folder; after a crash it is there wholly or not at all. */
  public void write(Path folder) throws IOException {
    Properties saved = new Properties();
    saved.setProperty("image", image);
    saved.setProperty("kernel", kernel.toString());
    saved.setProperty("initialRamDisk", initialRamDisk.toString());
    saved.setProperty("disk", disk.map(Path::toString).orElse(""));
    saved.setProperty("commandLine", commandLine);
    saved.setProperty("memory", Long.toString(memory));
    saved.setProperty("minimumMemory", Long.toString(minimumMemory));
    Path fresh = folder.resolve(FILE + ".new");
    try (Writer writer = Files.newBufferedWriter(fresh)) {
      saved.store(writer, null);
    }
    DurableRename.move(fresh, folder.resolve(FILE));
  }

  /**
   * Remembers it for a machine that arrives in this folder, which is none before {@link #adopt}.
   */
  public void writeAside(Path folder) throws IOException {
    write(Files.createDirectories(folder.resolve(ASIDE)));
  }

  /** The machine of this folder is this host's from now on, on stable storage. */
  public static void adopt(Path folder) throws IOException {
    DurableRename.move(folder.resolve(ASIDE).resolve(FILE), folder.resolve(FILE));
  }

  /** The digests of all files that the machines under this folder stand on. */
  static Set<Sha256> filesInUse(Path machines) {
    Set<Sha256> inUse = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(machines)) {
      for (Path folder : folders) {
        Optional<KeptMachine> machine = read(folder).or(() -> arriving(folder));
        if (machine.isPresent()) {
          inUse.add(digest(machine.get().kernel()));
          inUse.add(digest(machine.get().initialRamDisk()));
          machine.get().disk().ifPresent(disk -> inUse.add(digest(disk)));
        }
      }
    } catch (NoSuchFileException e) {
      return inUse;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return inUse;
  }

  private static Optional<KeptMachine> arriving(Path folder) {
    try {
      return read(folder.resolve(ASIDE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of images are called by their digest. */
  private static Sha256 digest(Path file) {
    return Sha256.parse(String.valueOf(file.getFileName()));
  }
}
