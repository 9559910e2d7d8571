package org.javisor.image.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Indices of modules, read back the way libkmod walks them. */
class IndexTrieTest {

  @Test
  void findsEveryKeyAndNoOther() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeMap<String, List<String>> expected = new TreeMap<>();
    IndexTrie trie = new IndexTrie();
    for (int i = 0; i < 500; i++) {
      StringBuilder key = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        key.append("ab_:".charAt(random.nextInt(4)));
      }
      String value = "value " + i;
      trie.add(key.toString(), value, i);
      expected.computeIfAbsent(key.toString(), _ -> new ArrayList<>()).add(value);
    }
    byte[] file = trie.bytes();
    expected.forEach(
        (key, values) ->
            assertThat(lookUp(file, key)).as("seed %d, key %s", seed, key).isEqualTo(values));
    for (String absent : List.of("c", "abab_x", "", "zzzz")) {
      assertThat(lookUp(file, absent)).isEqualTo(expected.getOrDefault(absent, List.of()));
    }
  }

  @Test
  void ordersValuesByPriority() {
    IndexTrie trie = new IndexTrie();
    trie.add("key", "late", 7);
    trie.add("key", "early", 3);
    assertThat(lookUp(trie.bytes(), "key")).containsExactly("early", "late");
  }

  private static List<String> lookUp(byte[] file, String key) {
    ByteBuffer view = ByteBuffer.wrap(file);
    assertThat(view.getInt(0)).isEqualTo(0xb007f457);
    assertThat(view.getInt(4)).isEqualTo(0x00020001);
    int node = view.getInt(8);
    int at = 0;
    while (node != 0) {
      view.position(node & 0x0fffffff);
      if ((node & 0x80000000) != 0) {
        String prefix = string(view);
        if (!key.startsWith(prefix, at)) {
          return List.of();
        }
        at += prefix.length();
      }
      int first = 0;
      int last = -1;
      int children = 0;
      if ((node & 0x20000000) != 0) {
        first = view.get();
        last = view.get();
        children = view.position();
        view.position(children + 4 * (last - first + 1));
      }
      if (at == key.length()) {
        List<String> values = new ArrayList<>();
        for (int n = (node & 0x40000000) != 0 ? view.getInt() : 0; n > 0; n--) {
          view.getInt();
          values.add(string(view));
        }
        return values;
      }
      char next = key.charAt(at++);
      node = next >= first && next <= last ? view.getInt(children + 4 * (next - first)) : 0;
    }
    return List.of();
  }

  private static String string(ByteBuffer view) {
    StringBuilder text = new StringBuilder();
    for (byte b = view.get(); b != 0; b = view.get()) {
      text.append((char) b);
    }
    return new String(
        text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
  }
}
