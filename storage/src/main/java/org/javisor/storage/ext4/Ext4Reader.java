package org.javisor.storage.ext4;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.javisor.storage.block.BlockDevice;

/**
 * Reads files out of an ext4 file system on a disk, without mounting it: for looking into an image
 * or into what a machine has left. It does not replay the journal, so what a running or crashed
 * machine wrote last may not be there. The disk is a guest's and is not trusted: damage gives an
 * {@link IOException}, never a loop or an access outside the disk.
 *
 * <p>Reads file systems whose files have extents, as all that Linux makes by default; not those
 * with inline data or encryption. Safe for use by several threads.
 */
public final class Ext4Reader {

  /** Features without which a file system cannot be read (super block, s_feature_incompat). */
  private static final int KNOWN =
      SuperBlock.INCOMPATIBLE
          | 0x4 /* recover */
          | 0x10 /* meta_bg, checked below */
          | 0x2000 /* csum_seed */
          | 0x4000 /* largedir */;

  private static final int META_GROUPS = 0x10;
  private static final int WIDE = 0x80;
  private static final int MOST_LINKS_FOLLOWED = 40;
  private static final int DEEPEST_EXTENT_TREE = 5;
  private static final int LARGEST_WHOLE_FILE = 256 << 20;

  /** What a file is. */
  public enum Kind {
    REGULAR(010),
    DIRECTORY(004),
    CHARACTER_DEVICE(002),
    BLOCK_DEVICE(006),
    FIFO(001),
    SOCKET(014),
    SYMBOLIC_LINK(012);

    private final int bits;

    Kind(int bits) {
      this.bits = bits;
    }

    private static Kind of(int mode) throws IOException {
      for (Kind kind : values()) {
        if (kind.bits == mode >>> 12) {
          return kind;
        }
      }
      throw new IOException("an inode has no known type");
    }
  }

  /**
   * A file's inode, as far as it is of use outside.
   *
   * @param inode its number
   * @param permissions the low twelve bits of its mode
   * @param size of its contents in bytes
   */
  public record FileStatus(
      int inode, Kind kind, int permissions, long userId, long groupId, int links, long size) {}

  /** An inode with its number. */
  private record Found(int number, FileStatus status, ByteBuffer bytes) {}

  private final BlockDevice disk;
  private final int blockSize;
  private final long blocks;
  private final int inodes;
  private final int inodesPerGroup;
  private final int inodeSize;
  private final int descriptorSize;
  private final long descriptors;

  private Ext4Reader(BlockDevice disk, ByteBuffer superBlock) throws IOException {
    this.disk = disk;
    int features = superBlock.getInt(96);
    int logarithm = superBlock.getInt(24);
    if ((superBlock.getShort(56) & 0xffff) != SuperBlock.MAGIC || logarithm < 0 || logarithm > 6) {
      throw new IOException("there is no ext4 file system");
    }
    if ((features & ~KNOWN) != 0 || (features & META_GROUPS) != 0) {
      throw new IOException(
          "the file system has unknown features %x".formatted(features & ~(KNOWN ^ META_GROUPS)));
    }
    blockSize = 1024 << logarithm;
    long wide = (features & WIDE) == 0 ? 0 : superBlock.getInt(336) & 0xffffL;
    blocks = (superBlock.getInt(4) & 0xffff_ffffL) | (wide << 32);
    inodes = superBlock.getInt(0);
    inodesPerGroup = superBlock.getInt(40);
    inodeSize = superBlock.getShort(88) & 0xffff;
    descriptorSize = (features & WIDE) == 0 ? 32 : superBlock.getShort(254) & 0xffff;
    descriptors = (superBlock.getInt(20) + 1L) * blockSize;
    if (inodesPerGroup <= 0
        || inodes <= 0
        || inodeSize < 128
        || inodeSize > blockSize
        || descriptorSize < 32
        || blocks > disk.size() / blockSize) {
      throw new IOException("the file system's super block is damaged");
    }
  }

  /**
   * Opens the file system that begins where the disk begins; the disk stays the caller's.
   *
   * @throws IOException if there is none, or one that cannot be read
   */
  public static Ext4Reader open(BlockDevice disk) throws IOException {
    if (disk.size() < SuperBlock.PRIMARY_OFFSET + SuperBlock.SIZE) {
      throw new IOException("there is no ext4 file system");
    }
    ByteBuffer bytes = ByteBuffer.allocate(SuperBlock.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    disk.read(SuperBlock.PRIMARY_OFFSET, bytes);
    return new Ext4Reader(disk, bytes);
  }

  /** What is at a path; a symbolic link there is not followed, those on the way are. */
  public FileStatus status(String path) throws IOException {
    return find(path, false).status();
  }

  /**
   * The names in a directory and what they stand for, without {@code .} and {@code ..}.
   *
   * @throws IOException if there is no such directory
   */
  public SortedMap<String, FileStatus> list(String path) throws IOException {
    SortedMap<String, FileStatus> statuses = new TreeMap<>();
    for (var entry : entries(find(path, true)).entrySet()) {
      if (!entry.getKey().equals(".") && !entry.getKey().equals("..")) {
        statuses.put(entry.getKey(), inode(entry.getValue()).status());
      }
    }
    return statuses;
  }

  /** Where the symbolic link at a path leads. */
  public String target(String path) throws IOException {
    return target(find(path, false));
  }

  /**
   * The contents of a regular file; symbolic links are followed.
   *
   * @throws IOException if the file is larger than 256 MiB, which a guest could claim of any file
   */
  public byte[] readAll(String path) throws IOException {
    try (FileInput in = open(path)) {
      if (in.size > LARGEST_WHOLE_FILE) {
        throw new IOException(path + " has " + in.size + " bytes, too many to read at once");
      }
      return in.readNBytes((int) in.size);
    }
  }

  /** The contents of a regular file; symbolic links are followed. */
  public InputStream read(String path) throws IOException {
    return open(path);
  }

  private FileInput open(String path) throws IOException {
    Found file = find(path, true);
    if (file.status().kind() != Kind.REGULAR) {
      throw new IOException(path + " is no regular file");
    }
    return new FileInput(file);
  }

  private Found find(String path, boolean followLast) throws IOException {
    Deque<String> names = new ArrayDeque<>(Arrays.asList(path.split("/", -1)));
    Found at = inode(Inode.ROOT);
    int followed = 0;
    while (!names.isEmpty()) {
      String name = names.remove();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      Integer number = entries(at).get(name);
      if (number == null) {
        throw new FileNotFoundException(path + " is not in the file system");
      }
      Found next = inode(number);
      if (next.status().kind() == Kind.SYMBOLIC_LINK && (followLast || !names.isEmpty())) {
        if (++followed > MOST_LINKS_FOLLOWED) {
          throw new IOException(path + " leads through a loop of symbolic links");
        }
        String target = target(next);
        for (String part : List.of(target.split("/", -1)).reversed()) {
          names.addFirst(part);
        }
        at = target.startsWith("/") ? inode(Inode.ROOT) : at;
      } else {
        at = next;
      }
    }
    return at;
  }

  private Found inode(int number) throws IOException {
    if (number < 1 || number > inodes) {
      throw new IOException("inode " + number + " does not exist");
    }
    ByteBuffer descriptor = buffer(descriptorSize);
    readDisk(descriptors + (number - 1L) / inodesPerGroup * descriptorSize, descriptor);
    long table =
        (descriptor.getInt(8) & 0xffff_ffffL)
            | (descriptorSize >= 64 ? (long) descriptor.getInt(40) << 32 : 0);
    checkBlocks(table, 1);
    ByteBuffer bytes = buffer(inodeSize);
    readDisk(table * blockSize + (number - 1L) % inodesPerGroup * inodeSize, bytes);
    int mode = bytes.getShort(0) & 0xffff;
    long size = (bytes.getInt(4) & 0xffff_ffffL) | ((long) bytes.getInt(108) << 32);
    if (size < 0) {
      throw new IOException("inode " + number + " is damaged");
    }
    FileStatus status =
        new FileStatus(
            number,
            Kind.of(mode),
            mode & 07777,
            (bytes.getShort(2) & 0xffffL) | ((bytes.getShort(120) & 0xffffL) << 16),
            (bytes.getShort(24) & 0xffffL) | ((bytes.getShort(122) & 0xffffL) << 16),
            bytes.getShort(26) & 0xffff,
            size);
    return new Found(number, status, bytes);
  }

  /** Index blocks of hashed directories look like unused entries: reading in a row finds all. */
  private SortedMap<String, Integer> entries(Found directory) throws IOException {
    if (directory.status().kind() != Kind.DIRECTORY) {
      throw new IOException("inode " + directory.number() + " is no directory");
    }
    // Many extents may name one block: the size, not the disk, would bound the reading.
    if (directory.status().size() > disk.size()) {
      throw new IOException("directory " + directory.number() + " is damaged");
    }
    SortedMap<String, Integer> entries = new TreeMap<>();
    byte[] bytes = new byte[blockSize];
    ByteBuffer block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try (FileInput in = new FileInput(directory)) {
      while (in.readNBytes(bytes, 0, blockSize) == blockSize) {
        int at = 0;
        while (at <= blockSize - 12) {
          int size = block.getShort(at + 4) & 0xffff;
          int length = block.get(at + 6) & 0xff;
          if (size < 8 + length || size < 12 || size > blockSize - at) {
            throw new IOException("directory " + directory.number() + " is damaged");
          }
          int inode = block.getInt(at);
          if (inode != 0) {
            entries.put(new String(bytes, at + 8, length, StandardCharsets.UTF_8), inode);
          }
          at += size;
        }
      }
    }
    return entries;
  }

  private String target(Found link) throws IOException {
    long size = link.status().size();
    if (link.status().kind() != Kind.SYMBOLIC_LINK || size > blockSize) {
      throw new IOException("inode " + link.number() + " is no symbolic link");
    }
    byte[] target = new byte[(int) size];
    if (size < Inode.BLOCK_FIELD_SIZE) {
      link.bytes().get(Inode.BLOCK_FIELD, target);
    } else {
      try (FileInput in = new FileInput(link)) {
        in.readNBytes(target, 0, target.length);
      }
    }
    return new String(target, StandardCharsets.UTF_8);
  }

  /**
   * Finds the blocks of a file from one on.
   *
   * @return the first of them, 0 in a hole, and how many lie in a row
   */
  private FreeBlocks.Run map(Found file, long logical) throws IOException {
    if ((file.bytes().getInt(32) & Inode.EXTENTS_FLAG) == 0) {
      throw new IOException("inode " + file.number() + " has no extents");
    }
    ByteBuffer node = file.bytes().slice(Inode.BLOCK_FIELD, Inode.BLOCK_FIELD_SIZE);
    long until = Long.MAX_VALUE;
    for (int level = 0; level <= DEEPEST_EXTENT_TREE; level++) {
      node.order(ByteOrder.LITTLE_ENDIAN);
      int count = node.getShort(2) & 0xffff;
      if ((node.getShort(0) & 0xffff) != ExtentTree.MAGIC
          || ExtentTree.HEADER + count * ExtentTree.ENTRY > node.capacity()) {
        break;
      }
      int index = -1;
      while (index + 1 < count && entryStart(node, index + 1) <= logical) {
        index++;
      }
      if (index + 1 < count) {
        until = Math.min(until, entryStart(node, index + 1));
      }
      int at = ExtentTree.HEADER + index * ExtentTree.ENTRY;
      if (index < 0) {
        return new FreeBlocks.Run(0, until - logical);
      }
      if (node.getShort(6) == 0) {
        return extent(node, at, logical, until);
      }
      long below = (node.getInt(at + 4) & 0xffff_ffffL) | ((node.getShort(at + 8) & 0xffffL) << 32);
      checkBlocks(below, 1);
      node = buffer(blockSize);
      readDisk(below * blockSize, node);
    }
    throw new IOException("the extents of inode " + file.number() + " are damaged");
  }

  private static long entryStart(ByteBuffer node, int index) {
    return node.getInt(ExtentTree.HEADER + index * ExtentTree.ENTRY) & 0xffff_ffffL;
  }

  private FreeBlocks.Run extent(ByteBuffer node, int at, long logical, long until)
      throws IOException {
    long within = logical - (node.getInt(at) & 0xffff_ffffL);
    int length = node.getShort(at + 4) & 0xffff;
    // Longer ones are allocated but not written yet: they read as zeroes.
    boolean written = length <= Extents.LONGEST;
    length -= written ? 0 : Extents.LONGEST;
    if (within >= length) {
      return new FreeBlocks.Run(0, until - logical);
    }
    long start = (node.getInt(at + 8) & 0xffff_ffffL) | ((node.getShort(at + 6) & 0xffffL) << 32);
    checkBlocks(start, length);
    return new FreeBlocks.Run(written ? start + within : 0, length - within);
  }

  private void checkBlocks(long start, long length) throws IOException {
    if (start <= 0 || start > blocks - length) {
      throw new IOException("the file system points outside itself, to block " + start);
    }
  }

  private void readDisk(long offset, ByteBuffer destination) throws IOException {
    if (offset < 0 || offset > disk.size() - destination.remaining()) {
      throw new IOException("the file system points outside its disk");
    }
    disk.read(offset, destination);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The contents of one file. */
  private final class FileInput extends InputStream {
    private final Found file;
    private final long size;
    private long position;

    /** The run that {@link #position} is in, by file block; empty at first. */
    private long runStart;

    private FreeBlocks.Run run = new FreeBlocks.Run(0, 0);

    FileInput(Found file) {
      this.file = file;
      size = file.status().size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      if (position >= size) {
        return -1;
      }
      long block = position / blockSize;
      if (block - runStart >= run.length()) {
        runStart = block;
        run = map(file, block);
      }
      long ahead = Math.min(run.length() - (block - runStart), Integer.MAX_VALUE / blockSize);
      long there = ahead * blockSize - position % blockSize;
      int some = (int) Math.min(Math.min(length, there), size - position);
      if (run.start() == 0) {
        Arrays.fill(bytes, offset, offset + some, (byte) 0);
      } else {
        long start = (run.start() + block - runStart) * blockSize + position % blockSize;
        readDisk(start, ByteBuffer.wrap(bytes, offset, some));
      }
      position += some;
      return some;
    }
  }
}
