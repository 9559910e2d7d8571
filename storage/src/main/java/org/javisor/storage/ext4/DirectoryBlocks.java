package org.javisor.storage.ext4;

import static org.javisor.storage.ext4.Layout.BLOCK_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The blocks of a directory: one block of entries in a row if that is enough, else a hash tree
 * (kernel documentation, "Directory Entries" and "Hash Tree Directories").
 */
final class DirectoryBlocks {

  private static final int ENTRY_HEADER = 8;
  private static final int TAIL = 12;

  /** Bytes of a block that entries may use; its checksum stands behind them. */
  static final int USABLE = BLOCK_SIZE - TAIL;

  private static final int TAIL_TYPE = 0xde;
  private static final int DOTS = 12 + 12;

  /** Where the index entries of the root and of the other index blocks begin. */
  private static final int ROOT_INDEX = DOTS + 8;

  private static final int NODE_INDEX = 8;

  /** Leaves are not filled to the brim, or the first new name would split one. */
  private static final int LEAF_FILL = USABLE * 4 / 5;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] name, int inode, int type, int hash) {
    int size() {
      return (ENTRY_HEADER + name.length + 3) & ~3;
    }
  }

  private record IndexEntry(int hash, int block) {}

  private final Node.Directory directory;
  private final Checksum checksum;

  DirectoryBlocks(Node.Directory directory, Checksum checksum) {
    this.directory = directory;
    this.checksum = checksum;
  }

  /** An empty directory, which {@code blocks} blocks are set aside for. */
  List<byte[]> empty(int blocks) {
    List<byte[]> result = new ArrayList<>();
    result.add(leaf(List.of(), true));
    while (result.size() < blocks) {
      result.add(leaf(List.of(), false));
    }
    return result;
  }

  /** All blocks, in order; sets whether the directory is hashed. */
  List<byte[]> encode(HalfMd4 hash) throws IOException {
    List<Entry> entries = new ArrayList<>(directory.children.size());
    int sum = DOTS;
    for (Map.Entry<String, Node> child : directory.children.entrySet()) {
      byte[] name = child.getKey().getBytes(StandardCharsets.UTF_8);
      Node node = child.getValue();
      Entry entry = new Entry(name, node.inode, node.type.directoryCode, hash.hash(name));
      entries.add(entry);
      sum += entry.size();
    }
    if (sum <= USABLE) {
      return List.of(leaf(entries, true));
    }
    directory.hashed = true;
    entries.sort(Comparator.comparing(Entry::hash, Integer::compareUnsigned));
    return hashed(entries);
  }

  private List<byte[]> hashed(List<Entry> entries) throws IOException {
    List<List<Entry>> leaves = leaves(entries);
    int inRoot = limit(ROOT_INDEX);
    int inNode = limit(NODE_INDEX);
    int nodes = leaves.size() <= inRoot ? 0 : Math.ceilDiv(leaves.size(), inNode);
    if (nodes > inRoot) {
      throw new IOException("a directory has too many entries: " + entries.size());
    }
    List<IndexEntry> leafIndex = new ArrayList<>();
    int previous = -1;
    for (List<Entry> leaf : leaves) {
      int first = leaf.getFirst().hash();
      // An odd hash says that the leaf before may hold names of the same hash.
      boolean continued = !leafIndex.isEmpty() && first == previous;
      leafIndex.add(new IndexEntry(continued ? first | 1 : first, 1 + nodes + leafIndex.size()));
      previous = leaf.getLast().hash();
    }
    List<byte[]> blocks = new ArrayList<>();
    if (nodes == 0) {
      blocks.add(root(leafIndex, 0));
    } else {
      List<IndexEntry> nodeIndex = new ArrayList<>();
      List<byte[]> nodeBlocks = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        List<IndexEntry> part =
            leafIndex.subList(i * inNode, Math.min((i + 1) * inNode, leafIndex.size()));
        nodeIndex.add(new IndexEntry(part.getFirst().hash(), 1 + i));
        nodeBlocks.add(node(part));
      }
      blocks.add(root(nodeIndex, 1));
      blocks.addAll(nodeBlocks);
    }
    for (List<Entry> leaf : leaves) {
      blocks.add(leaf(leaf, false));
    }
    return blocks;
  }

  private static List<List<Entry>> leaves(List<Entry> entries) {
    List<List<Entry>> leaves = new ArrayList<>();
    int from = 0;
    int used = 0;
    for (int i = 0; i < entries.size(); i++) {
      int size = entries.get(i).size();
      if (used + size > LEAF_FILL) {
        leaves.add(entries.subList(from, i));
        from = i;
        used = 0;
      }
      used += size;
    }
    leaves.add(entries.subList(from, entries.size()));
    return leaves;
  }

  private byte[] leaf(List<Entry> entries, boolean dots) {
    byte[] block = new byte[BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    int last = 0;
    if (dots) {
      last = putDots(out, 12);
      at = DOTS;
    }
    for (Entry entry : entries) {
      put(out, at, entry.inode(), entry.size(), entry.type(), entry.name());
      last = at;
      at += entry.size();
    }
    out.putShort(last + 4, (short) (USABLE - last));
    out.putShort(USABLE + 4, (short) TAIL);
    out.put(USABLE + 7, (byte) TAIL_TYPE);
    out.putInt(USABLE + 8, checksum.ofInode(directory.inode, block, 0, USABLE));
    return block;
  }

  private byte[] root(List<IndexEntry> index, int levels) {
    byte[] block = new byte[BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    putDots(out, BLOCK_SIZE - 12);
    out.put(DOTS + 4, (byte) HalfMd4.VERSION);
    out.put(DOTS + 5, (byte) 8); // length of this information
    out.put(DOTS + 6, (byte) levels);
    putIndex(block, ROOT_INDEX, index);
    return block;
  }

  private byte[] node(List<IndexEntry> index) {
    byte[] block = new byte[BLOCK_SIZE];
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort(4, (short) BLOCK_SIZE); // looks like one unused entry
    putIndex(block, NODE_INDEX, index);
    return block;
  }

  private static int limit(int start) {
    return (BLOCK_SIZE - start) / 8 - 1;
  }

  private void putIndex(byte[] block, int start, List<IndexEntry> index) {
    ByteBuffer out = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    // The first entry has no hash: limit and count stand there.
    out.putShort(start, (short) limit(start));
    out.putShort(start + 2, (short) index.size());
    for (int i = 0; i < index.size(); i++) {
      if (i > 0) {
        out.putInt(start + 8 * i, index.get(i).hash());
      }
      out.putInt(start + 8 * i + 4, index.get(i).block());
    }
    // The checksum covers the used entries, then the eight bytes it lies in as if they were zero.
    int used = start + 8 * index.size();
    byte[] covered = Arrays.copyOf(block, used + 8);
    Arrays.fill(covered, used, used + 8, (byte) 0);
    out.putInt(
        start + 8 * limit(start) + 4,
        checksum.ofInode(directory.inode, covered, 0, covered.length));
  }

  private int putDots(ByteBuffer out, int parentSize) {
    int type = Node.Type.DIRECTORY.directoryCode;
    put(out, 0, directory.inode, 12, type, new byte[] {'.'});
    put(out, 12, directory.parent.inode, parentSize, type, new byte[] {'.', '.'});
    return 12;
  }

  private static void put(ByteBuffer out, int at, int inode, int size, int type, byte[] name) {
    out.putInt(at, inode);
    out.putShort(at + 4, (short) size);
    out.put(at + 6, (byte) name.length);
    out.put(at + 7, (byte) type);
    out.put(at + ENTRY_HEADER, name);
  }
}
