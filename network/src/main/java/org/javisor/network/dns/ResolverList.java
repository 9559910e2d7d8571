package org.javisor.network.dns;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's resolvers, as {@code /etc/resolv.conf} names them now. */
public final class ResolverList {
  /** The C library asks no more of them either. */
  private static final int MAXIMUM = 3;

  private final Path file;
  private @Nullable FileTime read;
  private List<InetSocketAddress> resolvers = List.of();

  /** Those that a file names. */
  public ResolverList(Path file) {
    this.file = file;
  }

  /** Those of the host. */
  public static ResolverList ofHost() {
    return new ResolverList(Path.of("/etc/resolv.conf"));
  }

  /** The resolvers, the first to be asked first; none if there are none. */
  public synchronized List<InetSocketAddress> get() {
    try {
      FileTime changed = Files.getLastModifiedTime(file);
      if (!changed.equals(read)) {
        resolvers = parse(Files.readString(file, UTF_8));
        read = changed;
      }
    } catch (IOException e) {
      // It may be in the middle of being replaced: the old ones are then right enough.
      read = null;
    }
    return resolvers;
  }

  private static List<InetSocketAddress> parse(String text) {
    List<InetSocketAddress> found = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] words = line.strip().split("\\s+", -1);
      // Literals only: a name would have to be resolved.
      if (words.length >= 2
          && words[0].equals("nameserver")
          && words[1].matches("[0-9a-fA-F:.]+(%[0-9A-Za-z]+)?")
          && found.size() < MAXIMUM) {
        try {
          found.add(new InetSocketAddress(InetAddress.getByName(words[1]), DnsServer.PORT));
        } catch (UnknownHostException e) {
          // The next one may be better.
        }
      }
    }
    return found;
  }
}
