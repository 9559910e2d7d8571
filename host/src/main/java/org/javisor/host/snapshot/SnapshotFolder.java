package org.javisor.host.snapshot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.javisor.machine.Machine;
import org.javisor.machine.MachineState;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateCodec;
import org.javisor.machine.snapshot.MemoryFile;

/**
 * A stateful snapshot that has been found to be whole.
 *
 * <pre>
 *   memory     the guest's memory, sparse; mapped privately by the machines that run from it
 *   state      the state of clock, devices and vCPUs, as {@link Machine#write} has it
 *   manifest   a {@link SnapshotManifest} as {@link StateCodec} writes it
 * </pre>
 *
 * <p>Every snapshot stands for itself: others may be deleted, and so may this one while machines
 * run from it.
 *
 * @param path the folder
 * @param manifest what it says of itself
 */
public record SnapshotFolder(Path path, SnapshotManifest manifest) {
  static final String MEMORY = "memory";
  static final String STATE = "state";
  static final String MANIFEST = "manifest";

  /** Ends the name of a folder that is being written. */
  static final String UNFINISHED = ".unfinished";

  /**
   * Opens a snapshot and checks all that is in it, reading every page once.
   *
   * @throws SnapshotException if there is none, or it is damaged, or of a version that this one
   *     cannot read
   * @throws IOException if it cannot be read
   */
  public static SnapshotFolder open(Path path) throws IOException {
    SnapshotFolder folder = new SnapshotFolder(path, readManifest(path));
    folder.memory().check();
    folder.stateBytes();
    return folder;
  }

  private static SnapshotManifest readManifest(Path path) throws IOException {
    Path file = path.resolve(MANIFEST);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new SnapshotException("there is no snapshot in " + path, e);
    }
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    SnapshotManifest manifest;
    try {
      manifest = StateCodec.read(in, SnapshotManifest.class);
    } catch (SavedStateException e) {
      throw new SnapshotException(file + " cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      // The bytes are all here: what cannot be read of them was never written so.
      throw new SnapshotException(file + " is damaged: " + e, e);
    }
    if (in.available() > 0) {
      throw new SnapshotException(file + " is damaged: something follows its end");
    }
    return manifest;
  }

  /** Whether this very snapshot is in its folder, as far as its manifest says. */
  boolean isStillThere() {
    try {
      return Files.exists(memory().path()) && readManifest(path).id().equals(manifest.id());
    } catch (IOException e) {
      return false;
    }
  }

  /** The file with the memory. */
  public MemoryFile memory() {
    return new MemoryFile(path.resolve(MEMORY), manifest.memory());
  }

  /**
   * The state of all components, for a machine like the one the snapshot was taken of.
   *
   * @throws SnapshotException if the file is damaged, or of a machine with other devices
   * @throws IOException if it cannot be read
   */
  public MachineState state(Machine machine) throws IOException {
    try {
      return machine.read(new ByteArrayInputStream(stateBytes()));
    } catch (SavedStateException e) {
      throw new SnapshotException(
          "the snapshot in " + path + " does not fit this machine: " + e.getMessage(), e);
    }
  }

  private byte[] stateBytes() throws IOException {
    Path file = path.resolve(STATE);
    long length = Files.size(file);
    if (length != manifest.stateBytes()) {
      throw new SnapshotException(
          file + " is damaged: it has " + length + " bytes instead of " + manifest.stateBytes());
    }
    byte[] bytes = Files.readAllBytes(file);
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    if ((int) sum.getValue() != manifest.stateSum()) {
      throw new SnapshotException(file + " is damaged: its checksum is wrong");
    }
    return bytes;
  }

  /** Removes the snapshot; machines that run from it go on. */
  public void delete() throws IOException {
    // Without its manifest it is none any more, whatever else is still there.
    Files.deleteIfExists(path.resolve(MANIFEST));
    remove(path);
  }

  /**
   * Removes what processes that were killed while writing snapshots have left.
   *
   * @param parent the folder with the snapshots' folders, none of which is being written
   */
  public static void removeUnfinished(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "*" + UNFINISHED)) {
      for (Path folder : folders) {
        remove(folder);
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever written there.
    }
  }

  static void remove(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(folder);
  }
}
