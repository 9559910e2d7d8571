package org.javisor.storage.store;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a name in the store stands for: blobs, each in a role of its own, and notes. Its text form
 * has a line for each:
 *
 * <pre>
 * blob kernel sha256:5f3c...
 * note built 2026-01-31T12:00:00Z
 * </pre>
 *
 * @param blobs role to digest; as long as the name exists, these are kept
 * @param notes key to value
 */
public record Manifest(SortedMap<String, Sha256> blobs, SortedMap<String, String> notes) {

  public Manifest {
    blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
    notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
    blobs.keySet().forEach(Manifest::check);
    notes.keySet().forEach(Manifest::check);
    for (String value : notes.values()) {
      if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
        throw new IllegalArgumentException("a note must be one line: " + value);
      }
    }
  }

  /** A manifest of the given blobs and notes. */
  public static Manifest of(Map<String, Sha256> blobs, Map<String, String> notes) {
    return new Manifest(new TreeMap<>(blobs), new TreeMap<>(notes));
  }

  private static void check(String key) {
    if (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException("a key is one word, not '" + key + "'");
    }
  }

  String encode() {
    StringBuilder text = new StringBuilder();
    blobs.forEach((role, digest) -> text.append("blob %s %s\n".formatted(role, digest)));
    notes.forEach((key, value) -> text.append("note %s %s\n".formatted(key, value)));
    return text.toString();
  }

  static Manifest decode(String text, String name) throws IOException {
    SortedMap<String, Sha256> blobs = new TreeMap<>();
    SortedMap<String, String> notes = new TreeMap<>();
    try {
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
          case "blob" -> blobs.put(words[1], Sha256.parse(words[2]));
          case "note" -> notes.put(words[1], words[2]);
          default -> throw new IllegalArgumentException("unknown line");
        }
      }
      return new Manifest(blobs, notes);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IOException("the manifest of " + name + " is damaged", e);
    }
  }
}
