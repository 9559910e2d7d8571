package org.javisor.storage.ext4;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.javisor.storage.tree.FileMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The tree of names in the making. Paths are resolved as if the tree's root were {@code /}:
 * symbolic links on the way are followed inside the tree and never lead out of it.
 */
final class Tree {

  private static final String LOST_AND_FOUND = "lost+found";
  private static final int LONGEST_NAME = 255;
  private static final int MOST_LINKS_FOLLOWED = 40;
  private static final int MOST_LINKS = 65000;

  private final boolean keepDirectoryLinks;
  private final long mostNodes;

  /** Told of every file whose last name has gone. */
  private final Consumer<Node> forgotten;

  final Node.Directory root;
  private long nodes = 1;

  /** What {@code lost+found} has unless an entry says otherwise. */
  private final FileMetadata lostAndFoundMetadata = FileMetadata.ofRoot(0700, Instant.EPOCH);

  Tree(boolean keepDirectoryLinks, long mostNodes, Consumer<Node> forgotten) {
    this.keepDirectoryLinks = keepDirectoryLinks;
    this.mostNodes = mostNodes;
    this.forgotten = forgotten;
    root = new Node.Directory(FileMetadata.ofRoot(0755, Instant.EPOCH));
    Node.Directory lost = new Node.Directory(lostAndFoundMetadata, root);
    lost.links = 1;
    nodes++;
    root.children.put(LOST_AND_FOUND, lost);
  }

  /**
   * The directory where the check program puts files whose names are lost; every file system has
   * it.
   *
   * @throws IOException if entries made something else of it
   */
  Node.Directory lostAndFound() throws IOException {
    if (!(root.children.get(LOST_AND_FOUND) instanceof Node.Directory lost)) {
      throw new IOException("/" + LOST_AND_FOUND + " must be a directory");
    }
    if (lost.metadata.equals(lostAndFoundMetadata)) {
      lost.metadata = FileMetadata.ofRoot(0700, root.metadata.modified());
    }
    return lost;
  }

  /** A place in the tree: a directory and a name in it, taken or not. Empty name: the root. */
  record Place(Node.Directory directory, String name) {
    @Nullable Node node() {
      return name.isEmpty() ? directory : directory.children.get(name);
    }
  }

  /** Finds where a path leads, making the directories on the way. */
  Place place(String path) throws IOException {
    List<String> names = names(path);
    if (names.isEmpty()) {
      return new Place(root, "");
    }
    Node.Directory directory = root;
    int[] followed = {0};
    for (String name : names.subList(0, names.size() - 1)) {
      directory = step(directory, name, path, followed);
    }
    return new Place(directory, names.getLast());
  }

  private static List<String> names(String path) throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      switch (name) {
        case "", "." -> {}
        case ".." -> throw new IOException("path " + path + " leads upwards");
        default -> names.add(checked(name, path));
      }
    }
    return names;
  }

  private static String checked(String name, String path) throws IOException {
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME || name.indexOf('\0') >= 0) {
      throw new IOException("path " + path + " has a name that a file cannot have");
    }
    return name;
  }

  private Node.Directory step(Node.Directory from, String name, String path, int[] followed)
      throws IOException {
    return switch (from.children.get(name)) {
      case null -> {
        Node.Directory made =
            new Node.Directory(FileMetadata.ofRoot(0755, from.metadata.modified()), from);
        attach(from, name, made);
        yield made;
      }
      case Node.Directory directory -> directory;
      case Node.SymbolicLink link -> follow(from, link, path, followed);
      case Node other -> throw new IOException("path " + path + ": " + name + " is no directory");
    };
  }

  private Node.Directory follow(
      Node.Directory from, Node.SymbolicLink link, String path, int[] followed) throws IOException {
    if (++followed[0] > MOST_LINKS_FOLLOWED) {
      throw new IOException("path " + path + " leads through a loop of symbolic links");
    }
    Node.Directory directory = link.target.startsWith("/") ? root : from;
    for (String name : link.target.split("/", -1)) {
      directory =
          switch (name) {
            case "", "." -> directory;
            case ".." -> directory.parent;
            default -> step(directory, checked(name, path), path, followed);
          };
    }
    return directory;
  }

  /** Puts a new file at a place, instead of what is there. */
  void put(Place place, Node node) throws IOException {
    Node old = place.node();
    if (node instanceof Node.Directory) {
      if (old instanceof Node.Directory) {
        old.metadata = node.metadata;
        return;
      }
      if (old instanceof Node.SymbolicLink link
          && keepDirectoryLinks
          && leadsToDirectory(place, link)) {
        return;
      }
    }
    replace(place, node);
  }

  /** Gives an existing file one more name. */
  void link(Place place, String existing) throws IOException {
    Node node = place(existing).node();
    if (node == null || node instanceof Node.Directory) {
      throw new IOException(
          "hard link %s to %s, which %s"
              .formatted(
                  place.name(), existing, node == null ? "does not exist" : "is a directory"));
    }
    if (place.node() == node) {
      return;
    }
    if (node.links == MOST_LINKS) {
      throw new IOException(existing + " has too many hard links");
    }
    replace(place, node);
  }

  private void replace(Place place, Node node) throws IOException {
    if (place.name().isEmpty()) {
      throw new IOException("the root can only be a directory");
    }
    Node old = place.directory().children.remove(place.name());
    if (old != null) {
      release(old);
    }
    attach(place.directory(), place.name(), node);
  }

  private void attach(Node.Directory directory, String name, Node node) throws IOException {
    if (node.links++ == 0 && ++nodes > mostNodes) {
      throw new IOException(
          "the file system is full: it has room for %d files, directories and links"
              .formatted(mostNodes - 2));
    }
    directory.children.put(name, node);
  }

  private void release(Node top) {
    Deque<Node> todo = new ArrayDeque<>(List.of(top));
    while (!todo.isEmpty()) {
      Node node = todo.remove();
      if (--node.links == 0) {
        nodes--;
        forgotten.accept(node);
      }
      if (node instanceof Node.Directory directory) {
        todo.addAll(directory.children.values());
      }
    }
  }

  private boolean leadsToDirectory(Place place, Node.SymbolicLink link) {
    Node.Directory directory = link.target.startsWith("/") ? root : place.directory();
    int followed = 0;
    Deque<String> names = new ArrayDeque<>(List.of(link.target.split("/", -1)));
    while (!names.isEmpty()) {
      String name = names.remove();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      Node next = name.equals("..") ? directory.parent : directory.children.get(name);
      if (next instanceof Node.Directory found) {
        directory = found;
      } else if (next instanceof Node.SymbolicLink more && ++followed <= MOST_LINKS_FOLLOWED) {
        List<String> inserted = List.of(more.target.split("/", -1));
        for (String part : inserted.reversed()) {
          names.addFirst(part);
        }
        directory = more.target.startsWith("/") ? root : directory;
      } else {
        return false;
      }
    }
    return true;
  }

  /** Every file once, directories before what is in them, neighbours in a directory together. */
  List<Node> inOrder() {
    List<Node> all = new ArrayList<>();
    Deque<Node.Directory> todo = new ArrayDeque<>(List.of(root));
    java.util.Set<Node> seen =
        java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    seen.add(root);
    all.add(root);
    while (!todo.isEmpty()) {
      for (Node child : todo.remove().children.values()) {
        if (seen.add(child)) {
          all.add(child);
          if (child instanceof Node.Directory directory) {
            todo.add(directory);
          }
        }
      }
    }
    return all;
  }
}
