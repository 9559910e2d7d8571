package org.javisor.image.initramfs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The form in which kmod looks up names of modules: a radix tree in a file (kmod's
 * libkmod-index.c), numbers in network byte order. Values of one key are ordered by priority.
 */
final class IndexTrie {
  private static final int MAGIC = 0xb007f457;
  private static final int VERSION = 0x00020001;
  private static final int HAS_PREFIX = 0x80000000;
  private static final int HAS_VALUES = 0x40000000;
  private static final int HAS_CHILDREN = 0x20000000;

  private final SortedMap<String, List<Value>> entries = new TreeMap<>();

  private record Value(int priority, String text) {}

  /** Adds a value; several of one key stay in the order of their priority. */
  void add(String key, String value, int priority) {
    entries.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(new Value(priority, value));
  }

  /** The file. */
  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, MAGIC);
    number(out, VERSION);
    number(out, 0);
    List<String> keys = new ArrayList<>(entries.keySet());
    int root = node(out, keys, 0, 0, keys.size());
    byte[] bytes = out.toByteArray();
    ByteBuffer.wrap(bytes).putInt(8, root);
    return bytes;
  }

  /** Writes the tree of keys[from, to), which agree before {@code depth}; says where it is. */
  private int node(ByteArrayOutputStream out, List<String> keys, int depth, int from, int to) {
    if (from == to) {
      return 0;
    }
    String first = keys.get(from);
    String last = keys.get(to - 1);
    int common = depth;
    while (common < first.length()
        && common < last.length()
        && first.charAt(common) == last.charAt(common)) {
      common++;
    }
    // Sorted, the key that ends here comes before those that go on.
    boolean ends = first.length() == common;
    int start = ends ? from + 1 : from;
    int lowest = start < to ? keys.get(start).charAt(common) : 0;
    int highest = start < to ? last.charAt(common) : 0;
    int[] children = new int[start < to ? highest - lowest + 1 : 0];
    int next = start;
    for (int i = 0; i < children.length; i++) {
      int end = next;
      while (end < to && keys.get(end).charAt(common) == lowest + i) {
        end++;
      }
      children[i] = node(out, keys, common + 1, next, end);
      next = end;
    }
    int offset = out.size();
    if (common > depth) {
      string(out, first.substring(depth, common));
      offset |= HAS_PREFIX;
    }
    if (children.length > 0) {
      out.write(lowest);
      out.write(highest);
      for (int child : children) {
        number(out, child);
      }
      offset |= HAS_CHILDREN;
    }
    if (ends) {
      List<Value> values = entries.getOrDefault(first, List.of());
      number(out, values.size());
      values.stream()
          .sorted(Comparator.comparingInt(Value::priority))
          .forEach(
              value -> {
                number(out, value.priority());
                string(out, value.text());
              });
      offset |= HAS_VALUES;
    }
    return offset;
  }

  private static void number(ByteArrayOutputStream out, int value) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
  }

  private static void string(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    out.write(0);
  }
}
