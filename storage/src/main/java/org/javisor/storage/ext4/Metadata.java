package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Writes everything but the contents of files, once the whole tree is known: directories, inodes,
 * bitmaps, descriptors and super blocks. They come last because the identity that their checksums
 * begin with is derived from the input.
 */
final class Metadata {

  private static final int LOST_AND_FOUND_BLOCKS = 4;
  private static final int MOST_SUBDIRECTORIES = 65000 - 2;

  private final Layout layout;
  private final Tree tree;
  private final BlockOutput output;
  private final Ext4Options options;
  private final UUID uuid;
  private final UUID hashSeed;
  private final Checksum checksum;

  Metadata(
      Layout layout, Tree tree, BlockOutput output, Ext4Options options, UUID uuid, UUID hashSeed) {
    this.layout = layout;
    this.tree = tree;
    this.output = output;
    this.options = options;
    this.uuid = uuid;
    this.hashSeed = hashSeed;
    checksum = new Checksum(uuid);
  }

  void write() throws IOException {
    Node.Directory lost = tree.lostAndFound();
    List<Node> nodes = tree.inOrder();
    int last = number(nodes, lost);
    Instant made = Instant.EPOCH;
    for (Node node : nodes) {
      made = node.metadata.modified().isAfter(made) ? node.metadata.modified() : made;
    }
    byte[][] firstInodes = new byte[Inode.FIRST_ORDINARY][];
    Inode journal = ReservedInodes.journal(layout, uuid, made, checksum, output);
    journal.putChecksum(Inode.JOURNAL, checksum);
    firstInodes[Inode.JOURNAL] = journal.bytes;
    Inode resize = ReservedInodes.resize(layout, made, output);
    resize.putChecksum(Inode.RESIZE, checksum);
    firstInodes[Inode.RESIZE] = resize.bytes;

    HalfMd4 hash = new HalfMd4(hashSeed);
    for (Node node : nodes) {
      if (node instanceof Node.Directory directory) {
        DirectoryBlocks blocks = new DirectoryBlocks(directory, checksum);
        boolean reserve = directory == lost && lost.children.isEmpty();
        directory.extents =
            store(reserve ? blocks.empty(LOST_AND_FOUND_BLOCKS) : blocks.encode(hash));
      } else if (node instanceof Node.SymbolicLink link
          && link.targetBytes().length >= Inode.BLOCK_FIELD_SIZE) {
        link.extents = store(List.of(link.targetBytes()));
      }
    }
    writeInodes(nodes, firstInodes);
    writeGroups(
        nodes,
        last,
        made,
        Arrays.copyOfRange(
            journal.bytes, Inode.BLOCK_FIELD, Inode.BLOCK_FIELD + Inode.BLOCK_FIELD_SIZE));
    output.flush();
  }

  private int number(List<Node> nodes, Node.Directory lost) {
    int next = Inode.FIRST_FREE;
    for (Node node : nodes) {
      if (node == tree.root) {
        node.inode = Inode.ROOT;
      } else {
        node.inode = node == lost ? Inode.LOST_AND_FOUND : next++;
      }
    }
    return next - 1;
  }

  private Extents store(List<byte[]> blocks) throws IOException {
    Extents extents = new Extents();
    for (byte[] block : blocks) {
      long number = layout.free.takeNext(1).start();
      output.write(number, block);
      extents.add(extents.blocks(), number, 1);
    }
    return extents;
  }

  private void writeInodes(List<Node> nodes, byte[][] firstInodes) throws IOException {
    // What an inode needs outside the tables goes first, so that the tables are written in a row.
    byte[][] inodes = new byte[nodes.size()][];
    for (int i = 0; i < inodes.length; i++) {
      inodes[i] = encode(nodes.get(i));
    }
    byte[] block = new byte[BLOCK_SIZE];
    int first = 1;
    int[] order = orderByNumber(nodes);
    int last = nodes.get(order[order.length - 1]).inode;
    int at = 0;
    while (first <= last) {
      Arrays.fill(block, (byte) 0);
      for (int inode = first; inode < first + Layout.INODES_PER_BLOCK && inode <= last; inode++) {
        byte[] bytes = inode < firstInodes.length ? firstInodes[inode] : null;
        if (at < order.length && nodes.get(order[at]).inode == inode) {
          bytes = inodes[order[at++]];
        }
        if (bytes != null) {
          System.arraycopy(bytes, 0, block, (inode - first) * Layout.INODE_SIZE, Layout.INODE_SIZE);
        }
      }
      output.write(layout.inodeBlock(first), block);
      first += Layout.INODES_PER_BLOCK;
    }
  }

  private static int[] orderByNumber(List<Node> nodes) {
    return java.util.stream.IntStream.range(0, nodes.size())
        .boxed()
        .sorted(java.util.Comparator.comparingInt(i -> nodes.get(i).inode))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private byte[] encode(Node node) throws IOException {
    Attributes attributes = new Attributes(node.metadata.extendedAttributes());
    Inode inode =
        switch (node) {
          case Node.Regular file ->
              withExtents(file, file.size, file.links, file.extents, 0, attributes);
          case Node.Directory directory -> {
            long size = directory.extents.blocks() * BLOCK_SIZE;
            int subdirectories = directory.subdirectories();
            // Beyond 65000 the count is given up (feature dir_nlink).
            int links = subdirectories > MOST_SUBDIRECTORIES ? 1 : 2 + subdirectories;
            int flags = directory.hashed ? Inode.INDEX_FLAG : 0;
            yield withExtents(directory, size, links, directory.extents, flags, attributes);
          }
          case Node.SymbolicLink link -> symbolicLink(link, attributes);
          case Node.Device device -> device(device, attributes);
          case Node.Fifo fifo -> withoutBlocks(fifo, attributes);
        };
    attributes.putInto(inode.bytes);
    inode.putChecksum(node.inode, checksum);
    return inode.bytes;
  }

  private Inode withExtents(
      Node node, long size, int links, Extents extents, int flags, Attributes attributes)
      throws IOException {
    Inode inode = new Inode(node.type.modeBits, node.metadata, links, size);
    inode.putFlags(Inode.EXTENTS_FLAG | flags);
    Extents own = new Extents();
    inode.putBlockField(ExtentTree.write(extents, node.inode, checksum, layout.free, output, own));
    inode.putBlocks(extents.blocks() + own.blocks() + attributeBlock(inode, attributes));
    return inode;
  }

  private Inode symbolicLink(Node.SymbolicLink link, Attributes attributes) throws IOException {
    byte[] target = link.targetBytes();
    if (target.length >= Inode.BLOCK_FIELD_SIZE) {
      return withExtents(link, target.length, link.links, link.extents, 0, attributes);
    }
    Inode inode = new Inode(link.type.modeBits, link.metadata, link.links, target.length);
    inode.putBlockField(target);
    inode.putBlocks(attributeBlock(inode, attributes));
    return inode;
  }

  private Inode device(Node.Device device, Attributes attributes) throws IOException {
    Inode inode = withoutBlocks(device, attributes);
    int major = device.major;
    int minor = device.minor;
    if (major < 256 && minor < 256) {
      inode.putBlockPointer(0, (major << 8) | minor);
    } else {
      inode.putBlockPointer(1, (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12));
    }
    return inode;
  }

  private Inode withoutBlocks(Node node, Attributes attributes) throws IOException {
    Inode inode = new Inode(node.type.modeBits, node.metadata, node.links, 0);
    inode.putBlocks(attributeBlock(inode, attributes));
    return inode;
  }

  /** Returns how many blocks the attributes needed. */
  private int attributeBlock(Inode inode, Attributes attributes) throws IOException {
    if (!attributes.needBlock()) {
      return 0;
    }
    long number = layout.free.takeNext(1).start();
    output.write(number, attributes.block(number, checksum));
    inode.putAttributeBlock(number);
    return 1;
  }

  private void writeGroups(List<Node> nodes, int last, Instant made, byte[] journalField)
      throws IOException {
    int[] directories = new int[layout.groups];
    for (Node node : nodes) {
      if (node instanceof Node.Directory) {
        directories[(node.inode - 1) / layout.inodesPerGroup]++;
      }
    }
    byte[] table = new Groups(layout, checksum, last, directories).write(output);
    long freeInodes = layout.inodes() - last;
    for (int group = layout.groups - 1; group >= 0; group--) {
      if (Layout.hasSuperBlock(group)) {
        byte[] bytes =
            SuperBlock.encode(
                layout, options.label(), uuid, hashSeed, made, freeInodes, journalField, group);
        long start = Layout.firstBlock(group);
        output.write(start + 1, table);
        output.write(start, group == 0 ? behindBootSector(bytes) : bytes);
      }
    }
  }

  private static byte[] behindBootSector(byte[] superBlock) {
    return ByteBuffer.allocate(BLOCK_SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(SuperBlock.PRIMARY_OFFSET, superBlock)
        .array();
  }
}
