package org.javisor.storage.block;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LayerTree} as lines of words; names are percent-encoded.
 *
 * <pre>
 * javisor-disk 1
 * base IDENTITY
 * layer ID base|none|ID
 * snapshot NAME ID MILLISECONDS
 * active ID
 * crc32c HEX
 * </pre>
 */
final class LayerTreeText {

  private static final String FIRST = "javisor-disk ";
  private static final String VERSION = "1";
  private static final String LAST = "crc32c ";

  private LayerTreeText() {}

  static String encode(LayerTree tree) {
    StringBuilder text = new StringBuilder(FIRST + VERSION + "\n");
    text.append("base ").append(word(tree.base())).append('\n');
    tree.layers()
        .forEach(
            (id, parent) ->
                text.append("layer ").append(id).append(' ').append(word(parent)).append('\n'));
    tree.snapshots()
        .forEach(
            (name, mark) ->
                text.append("snapshot ")
                    .append(word(name))
                    .append(' ')
                    .append(mark.layer())
                    .append(' ')
                    .append(mark.created().toEpochMilli())
                    .append('\n'));
    text.append("active ").append(tree.active()).append('\n');
    return text + LAST + checksum(text.toString()) + "\n";
  }

  private static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String word(LayerParent parent) {
    return switch (parent) {
      case LayerParent.Layer(LayerId id) -> id.hex();
      case LayerParent.Base() -> "base";
      case LayerParent.Nothing() -> "none";
    };
  }

  private static LayerParent parent(String word) {
    return switch (word) {
      case "base" -> LayerParent.BASE;
      case "none" -> LayerParent.NOTHING;
      default -> new LayerParent.Layer(new LayerId(word));
    };
  }

  /**
   * Reads what {@link #encode} has written.
   *
   * @param file named in errors
   * @throws IOException if the text is of another version, damaged, or contradicts itself
   */
  static LayerTree decode(String text, String file) throws IOException {
    if (!text.startsWith(FIRST)) {
      throw new IOException(file + " does not describe a disk");
    }
    String version = text.substring(FIRST.length()).lines().findFirst().orElse("");
    if (!version.equals(VERSION)) {
      throw new IOException(
          "%s describes a disk of version %s, which is not known here".formatted(file, version));
    }
    int end = text.lastIndexOf(LAST);
    if (end < 0 || !text.substring(end).equals(LAST + checksum(text.substring(0, end)) + "\n")) {
      throw new IOException(file + " is damaged");
    }
    try {
      return checked(parse(text.substring(0, end)));
    } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static LayerTree parse(String text) {
    String base = "";
    Map<LayerId, LayerParent> layers = new LinkedHashMap<>();
    Map<String, LayerTree.Mark> snapshots = new LinkedHashMap<>();
    @Nullable LayerId active = null;
    for (String line : text.lines().skip(1).toList()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "base" -> base = URLDecoder.decode(words[1], StandardCharsets.UTF_8);
        case "layer" -> layers.put(new LayerId(words[1]), parent(words[2]));
        case "snapshot" ->
            snapshots.put(
                URLDecoder.decode(words[1], StandardCharsets.UTF_8),
                new LayerTree.Mark(
                    new LayerId(words[2]), Instant.ofEpochMilli(Long.parseLong(words[3]))));
        case "active" -> active = new LayerId(words[1]);
        default -> throw new IllegalArgumentException("a line that begins with " + words[0]);
      }
    }
    if (active == null) {
      throw new IllegalArgumentException("no active layer");
    }
    return new LayerTree(base, layers, snapshots, active);
  }

  private static LayerTree checked(LayerTree tree) {
    for (LayerId layer : tree.layers().keySet()) {
      Set<LayerId> seen = new HashSet<>();
      LayerParent at = new LayerParent.Layer(layer);
      while (at instanceof LayerParent.Layer(LayerId id)) {
        if (!seen.add(id)) {
          throw new IllegalArgumentException("layer " + id + " lies upon itself");
        }
        at = tree.parent(id);
      }
    }
    tree.parent(tree.active());
    if (!tree.children(tree.active()).isEmpty()) {
      throw new IllegalArgumentException("something lies upon the active layer");
    }
    tree.snapshots()
        .forEach(
            (name, mark) -> {
              tree.parent(mark.layer());
              if (mark.layer().equals(tree.active())) {
                throw new IllegalArgumentException("snapshot " + name + " is written");
              }
            });
    return tree;
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted((int) crc.getValue());
  }
}
