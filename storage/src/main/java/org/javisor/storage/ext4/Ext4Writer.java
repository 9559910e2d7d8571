package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;

/**
 * Makes an ext4 file system from a stream of entries, in one pass, without root and without a
 * mount, straight into a sparse file.
 *
 * <p>The contents of files are written as they come; memory holds names and metadata only. Equal
 * entries and options give equal bytes: every time stamp comes from the entries, the identity from
 * a digest of all input unless one is given. Blocks of zeroes become holes.
 *
 * <p>The file system has what the kernel calls has_journal (an empty journal), extents, 64bit,
 * flex_bg, metadata_csum, dir_index, and resize_inode: it can be grown to 1 TiB or sixteenfold
 * while it is mounted.
 *
 * <pre>{@code
 * try (var writer = Ext4Writer.create(file, Ext4Options.ofSize(2L << 30).withLabel("root"))) {
 *   TarTree.forEach(archive, writer::add);
 *   writer.finish();
 * }
 * }</pre>
 *
 * <p>Not safe for use by several threads.
 */
public final class Ext4Writer implements Closeable {

  /** Contents are taken in pieces of this size; a piece of zeroes is left out. */
  private static final int PIECE = 64 << 10;

  /** Longer targets the kernel does not follow. */
  private static final int LONGEST_LINK_TARGET = BLOCK_SIZE - 1;

  private final Path file;
  private final FileChannel channel;
  private final Ext4Options options;
  private final Layout layout;
  private final BlockOutput output;
  private final Tree tree;
  private final Identity identity = new Identity();
  private final byte[] piece = new byte[PIECE];
  private boolean finished;

  /** Set while an entry is taken; stays set if that fails. */
  private boolean broken;

  private Ext4Writer(Path file, FileChannel channel, Ext4Options options, Layout layout) {
    this.file = file;
    this.channel = channel;
    this.options = options;
    this.layout = layout;
    output = new BlockOutput(channel);
    // Of the reserved inodes, the root and lost+found are files of the tree.
    long room = layout.inodes() - (Inode.FIRST_FREE - 1) + 2;
    tree = new Tree(options.keepDirectoryLinks(), room, this::release);
    identity.add(options);
  }

  /**
   * Begins a file system in a new file.
   *
   * @throws IOException if {@code file} exists or cannot be made, or the options ask for more
   *     inodes than the size has room for
   */
  public static Ext4Writer create(Path file, Ext4Options options) throws IOException {
    Layout layout = new Layout(options);
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    return new Ext4Writer(file, channel, options, layout);
  }

  /**
   * Takes one entry. Parents that are missing are made as directories of root's, mode 0755;
   * symbolic links on the way to the entry are followed inside the tree.
   *
   * @throws IOException if the file system is full, the path leads out of the tree or through
   *     something that is no directory, a hard link leads nowhere, an extended attribute cannot be
   *     stored, or the entry's contents end early; the file system cannot be finished then
   */
  public void add(FileTreeEntry entry) throws IOException {
    checkUsable();
    broken = true;
    identity.add(entry);
    take(entry);
    broken = false;
  }

  private void checkUsable() {
    if (finished || broken) {
      throw new IllegalStateException(
          file + (finished ? " is finished" : " cannot be continued after a failure"));
    }
  }

  private void take(FileTreeEntry entry) throws IOException {
    Tree.Place place = tree.place(entry.path());
    switch (entry) {
      case FileTreeEntry.Regular regular -> {
        checkAttributes(regular.metadata());
        Extents extents = store(regular);
        tree.put(place, new Node.Regular(regular.metadata(), regular.size(), extents));
      }
      case FileTreeEntry.Directory directory -> {
        checkAttributes(directory.metadata());
        tree.put(place, new Node.Directory(directory.metadata(), place.directory()));
      }
      case FileTreeEntry.SymbolicLink link -> {
        int length = link.target().getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_LINK_TARGET || link.target().indexOf('\0') >= 0) {
          throw new IOException("symbolic link " + link.path() + " has an impossible target");
        }
        checkAttributes(link.metadata());
        tree.put(place, new Node.SymbolicLink(link.metadata(), link.target()));
      }
      case FileTreeEntry.HardLink link -> tree.link(place, link.existing());
      case FileTreeEntry.DeviceNode device -> {
        checkAttributes(device.metadata());
        tree.put(
            place,
            new Node.Device(device.metadata(), device.kind(), device.major(), device.minor()));
      }
      case FileTreeEntry.Fifo fifo -> {
        checkAttributes(fifo.metadata());
        tree.put(place, new Node.Fifo(fifo.metadata()));
      }
    }
  }

  private static void checkAttributes(FileMetadata metadata) throws IOException {
    if (!metadata.extendedAttributes().isEmpty()) {
      var _ = new Attributes(metadata.extendedAttributes());
    }
  }

  private Extents store(FileTreeEntry.Regular regular) throws IOException {
    Extents extents = new Extents();
    InputStream content = regular.content();
    long rest = regular.size();
    long logical = 0;
    while (rest > 0) {
      int length = content.readNBytes(piece, 0, (int) Math.min(PIECE, rest));
      identity.add(piece, length);
      rest -= length;
      if (length < PIECE && rest > 0) {
        throw new IOException("contents of %s end %d bytes early".formatted(regular.path(), rest));
      }
      int blocks = Math.ceilDiv(length, BLOCK_SIZE);
      if (!zero(piece, length)) {
        store(extents, logical, blocks, length);
      }
      logical += blocks;
    }
    return extents;
  }

  private void store(Extents extents, long logical, int blocks, int length) throws IOException {
    int done = 0;
    while (done < blocks) {
      FreeBlocks.Run run = layout.free.takeNext(blocks - done);
      int from = done * BLOCK_SIZE;
      int to = (int) Math.min(length, from + run.length() * BLOCK_SIZE);
      output.write(run.start(), piece, from, to - from);
      extents.add(logical + done, run.start(), run.length());
      done += (int) run.length();
    }
  }

  private static boolean zero(byte[] bytes, int length) {
    return bytes[0] == 0 && Arrays.mismatch(bytes, 0, length - 1, bytes, 1, length) < 0;
  }

  private void release(Node node) {
    if (node instanceof Node.Regular file) {
      for (Extents.Extent extent : file.extents.list()) {
        layout.free.release(extent.physical(), extent.length());
      }
    }
  }

  /**
   * Writes all metadata, and the file to stable storage. Nothing can be added afterwards.
   *
   * @return the identity the file system got
   * @throws IOException if writing fails, no room is left for the metadata, or {@code lost+found}
   *     of the root is no directory
   */
  public UUID finish() throws IOException {
    checkUsable();
    broken = true;
    UUID uuid = options.uuid().orElseGet(identity::uuid);
    UUID hashSeed = Identity.derived(uuid, "directory hash seed");
    new Metadata(layout, tree, output, options, uuid, hashSeed).write();
    extend();
    channel.force(true);
    finished = true;
    return uuid;
  }

  /** Gives the file its length, which ends with blocks that nobody wrote. */
  private void extend() throws IOException {
    long size = layout.blocks * BLOCK_SIZE;
    if (channel.size() < size) {
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
  }

  /** Closes the file; deletes it unless {@link #finish} has succeeded. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!finished) {
      Files.deleteIfExists(file);
    }
  }
}
