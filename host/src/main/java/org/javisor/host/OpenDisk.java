package org.javisor.host;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.javisor.storage.block.BaseImages;
import org.javisor.storage.block.BlockDevice;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.storage.block.Overlay;
import org.javisor.storage.block.RawFile;

/**
 * A machine's disk and the files it stands on.
 *
 * @param device what the guest sees
 * @param layers everything to be closed with it, the topmost first
 */
record OpenDisk(BlockDevice device, List<BlockDevice> layers) implements Closeable {

  /** Writes go to a nameless file that ends with the process; {@code base} stays as it is. */
  static OpenDisk throwAway(Path base, OptionalLong size, Path folder) throws IOException {
    RawFile below = RawFile.open(base, true);
    try {
      Overlay overlay = Overlay.anonymous(folder, below, checkedSize(below, size));
      return new OpenDisk(overlay, List.of(overlay, below));
    } catch (IOException | RuntimeException e) {
      below.close();
      throw e;
    }
  }

  /**
   * Writes are kept in layers in a folder of {@code machine}, which is made on first use; a single
   * overlay, as an earlier version kept, becomes the first of them.
   *
   * @param identity what tells {@code base} from every other one
   */
  static OpenDisk kept(Path base, String identity, OptionalLong size, Path machine)
      throws IOException {
    Path folder = machine.resolve(Host.DISK_FOLDER);
    Path earlier = machine.resolve("disk");
    BaseImages images = wanted -> RawFile.open(base.resolveSibling(wanted), true);
    LayeredDisk disk;
    if (Files.exists(earlier)) {
      disk = LayeredDisk.adopt(folder, earlier, identity, images);
    } else if (LayeredDisk.exists(folder)) {
      disk = LayeredDisk.open(folder, images);
    } else {
      try (RawFile below = RawFile.open(base, true)) {
        disk = LayeredDisk.create(folder, identity, images, checkedSize(below, size));
      }
    }
    return grown(disk, size);
  }

  private static OpenDisk grown(LayeredDisk disk, OptionalLong size) throws IOException {
    try {
      long wanted = checkedSize(disk, size);
      if (wanted > disk.size()) {
        disk.resize(wanted);
      }
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
    return new OpenDisk(disk, List.of(disk));
  }

  /**
   * A disk of the machine's own that stands on no image, made when a size is first given; a plain
   * file, as an earlier version kept, stays one.
   */
  static Optional<OpenDisk> keptEmpty(OptionalLong size, Path machine) throws IOException {
    Path folder = machine.resolve(Host.DISK_FOLDER);
    Path earlier = machine.resolve("disk");
    if (Files.exists(earlier)) {
      return Optional.of(raw(earlier));
    }
    if (LayeredDisk.exists(folder)) {
      return Optional.of(grown(LayeredDisk.open(folder, BaseImages.NONE), size));
    }
    if (size.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(grown(LayeredDisk.createEmpty(folder, whole(size.getAsLong())), size));
  }

  /** A file is the disk, written in place. */
  static OpenDisk raw(Path file) throws IOException {
    RawFile disk = RawFile.open(file, false);
    return new OpenDisk(disk, List.of(disk));
  }

  /** A file is the disk, which nobody writes. */
  static OpenDisk readOnly(Path file) throws IOException {
    RawFile disk = RawFile.open(file, true);
    return new OpenDisk(disk, List.of(disk));
  }

  /** An empty disk of its own in {@code file}. */
  static OpenDisk empty(Path file, long size) throws IOException {
    RawFile disk = RawFile.create(file, whole(size));
    return new OpenDisk(disk, List.of(disk));
  }

  private static long checkedSize(BlockDevice least, OptionalLong size) {
    if (size.isEmpty()) {
      return least.size();
    }
    long wanted = whole(size.getAsLong());
    if (wanted < least.size()) {
      throw ProblemException.badInput(
          "the disk cannot shrink to " + ByteSize.format(size.getAsLong()),
          "give it at least " + ByteSize.format(least.size()));
    }
    return wanted;
  }

  /** Disks come in whole pages. */
  private static long whole(long size) {
    return Math.ceilDiv(size, 4096L) * 4096;
  }

  /** Flushes it and lets another process open it, until {@link #reclaim}. */
  void release() throws IOException {
    if (device instanceof LayeredDisk layered) {
      layered.release();
    } else if (!device.readOnly()) {
      throw new IOException("the machine has a disk that cannot change its owner");
    }
  }

  /** Opens it again; does nothing if it was not released. */
  void reclaim() throws IOException {
    if (device instanceof LayeredDisk layered) {
      layered.reclaim();
    }
  }

  @Override
  public void close() throws IOException {
    for (BlockDevice layer : layers) {
      layer.close();
    }
  }
}
