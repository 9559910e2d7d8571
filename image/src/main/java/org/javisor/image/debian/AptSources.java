package org.javisor.image.debian;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The archives the host's own package manager uses: its sources.list(5). */
final class AptSources {
  private static final Pattern OPTIONS = Pattern.compile("\\[[^]]*]");

  private AptSources() {}

  /**
   * The archives that offer binary packages of the component main, in the order apt reads them.
   * Files that cannot be read are passed over: they are the host's business.
   *
   * @param folder usually {@code /etc/apt}
   */
  static List<URI> read(Path folder) {
    List<URI> found = new ArrayList<>();
    addFile(folder.resolve("sources.list"), found);
    try (Stream<Path> more = Files.list(folder.resolve("sources.list.d"))) {
      more.sorted().forEach(file -> addFile(file, found));
    } catch (IOException e) {
      return found.stream().distinct().toList();
    }
    return found.stream().distinct().toList();
  }

  private static void addFile(Path file, List<URI> found) {
    try {
      String name = file.getFileName().toString();
      if (name.endsWith(".list")) {
        Files.readString(file).lines().forEach(line -> addLine(line, found));
      } else if (name.endsWith(".sources")) {
        ControlParagraph.read(
            new StringReader(Files.readString(file)), _ -> true, p -> addParagraph(p, found));
      }
    } catch (NoSuchFileException e) {
      // A host with one of the two forms does not have the other.
    } catch (IOException e) {
      System.getLogger(AptSources.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot read {0}: {1}", file, e.getMessage());
    }
  }

  /** {@code deb [options] uri suite component...} */
  private static void addLine(String line, List<URI> found) {
    String text = line;
    int comment = text.indexOf('#');
    if (comment >= 0) {
      text = text.substring(0, comment);
    }
    List<String> words = List.of(OPTIONS.matcher(text).replaceAll(" ").strip().split("\\s+", -1));
    if (words.size() >= 4
        && words.getFirst().equals("deb")
        && words.subList(3, words.size()).contains("main")) {
      add(words.get(1), found);
    }
  }

  private static void addParagraph(ControlParagraph source, List<URI> found) {
    String uris = source.get("URIs");
    if (uris == null || "no".equals(source.get("Enabled"))) {
      return;
    }
    if (words(source.get("Types")).contains("deb")
        && words(source.get("Components")).contains("main")) {
      words(uris).forEach(uri -> add(uri, found));
    }
  }

  private static List<String> words(@Nullable String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
  }

  private static void add(String text, List<URI> found) {
    try {
      URI uri = URI.create(text);
      String scheme = uri.getScheme();
      if ("http".equals(scheme) || "https".equals(scheme) || "file".equals(scheme)) {
        found.add(Mirror.folder(uri));
      }
    } catch (IllegalArgumentException e) {
      // mirror+file:, cdrom: and whatever else apt takes is not for us.
    }
  }
}
