package org.javisor.storage.block;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.javisor.storage.store.AllocatedSize;
import org.javisor.storage.store.DurableRename;

/**
 * The folder of one layered disk, held by this process until closed: a file for each layer, and one
 * that says how they lie upon each other, which is only ever replaced as a whole. Files of layers
 * that it does not name are what a crash has left, and go when the folder is opened.
 */
class LayerFolder implements Closeable {

  private static final String TREE = "layers";
  private static final String LAYER = "layer-";
  private static final String FRESH = ".new";
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lock;

  private LayerFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** For tests, which look at the folder between two steps. */
  LayerFolder(LayerFolder other) {
    this(other.folder, other.lock);
  }

  /**
   * Takes a folder, which is made if it does not exist.
   *
   * @throws IOException if another disk, here or in another process, has it
   */
  static LayerFolder claim(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      held = false;
    } finally {
      if (!held) {
        channel.close();
      }
    }
    if (!held) {
      throw new IOException("the disk in " + folder + " is in use");
    }
    return new LayerFolder(folder, channel);
  }

  /** Whether a folder has a disk. */
  static boolean hasDisk(Path folder) {
    return Files.exists(folder.resolve(TREE));
  }

  Path path() {
    return folder;
  }

  Path file(LayerId layer) {
    return folder.resolve(LAYER + layer);
  }

  boolean hasDisk() {
    return hasDisk(folder);
  }

  /** Called before each step that changes the folder. */
  void step() {}

  HostFile create(LayerId layer) throws IOException {
    step();
    return HostFile.create(file(layer));
  }

  HostFile open(LayerId layer, boolean writable) throws IOException {
    return HostFile.open(file(layer), writable);
  }

  /** Gives a file of another folder a name here too, as this layer's. */
  void link(Path existing, LayerId layer) throws IOException {
    step();
    Files.createLink(file(layer), existing);
  }

  void remove(LayerId layer) throws IOException {
    step();
    Files.deleteIfExists(file(layer));
  }

  LayerTree readTree() throws IOException {
    Path file = folder.resolve(TREE);
    return LayerTreeText.decode(Files.readString(file), file.toString());
  }

  /** From now on the disk is this, whatever crashes. */
  void writeTree(LayerTree tree) throws IOException {
    step();
    // The names of new layers must not come later than what names them.
    DurableRename.sync(folder);
    Path fresh = folder.resolve(TREE + FRESH);
    Files.writeString(fresh, LayerTreeText.encode(tree));
    step();
    DurableRename.move(fresh, folder.resolve(TREE));
    step();
  }

  /** Removes all layers but these. */
  void removeOthers(Set<LayerId> layers) throws IOException {
    Files.deleteIfExists(folder.resolve(TREE + FRESH));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, LAYER + "*")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName()).substring(LAYER.length());
        if (layers.stream().noneMatch(layer -> layer.hex().equals(name))) {
          step();
          Files.delete(file);
        }
      }
    }
  }

  /** Bytes that a layer takes on the host; other disks may take the same ones. */
  long bytes(LayerId layer) throws IOException {
    return AllocatedSize.of(file(layer));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
