package org.javisor.network.dhcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * Leases in a text file: a line each of address, Ethernet address, machine or {@code -}, and the
 * end in seconds since 1970 or {@code -}, or {@code away} where the machine is on another host. It
 * is replaced as a whole, so that it is whole at any moment.
 */
final class LeaseFile {
  private static final String AWAY = "away";

  /** What is in it: leases of this host, and of machines that are on other hosts. */
  record Contents(List<Lease> here, List<Lease> away) {}

  private static final String FIRST_LINE = "javisor leases 1";

  private final Path file;

  LeaseFile(Path file) {
    this.file = file;
  }

  /**
   * What was written last; nothing if there is no file.
   *
   * @throws IOException if it cannot be read, or is not such a file; it is left as it is
   */
  Contents read() throws IOException {
    Contents contents = new Contents(new ArrayList<>(), new ArrayList<>());
    if (!Files.exists(file)) {
      return contents;
    }
    List<String> lines = Files.readAllLines(file, UTF_8);
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
      throw new IOException(file + " is not a file of leases: move it away to start without");
    }
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      Lease lease = parse(line, i + 1);
      (line.endsWith(" " + AWAY) ? contents.away : contents.here).add(lease);
    }
    return contents;
  }

  private Lease parse(String line, int number) throws IOException {
    String[] words = line.split(" ", -1);
    try {
      if (words.length == 4) {
        return new Lease(
            Ipv4Address.parse(words[0]),
            MacAddress.parse(words[1]),
            optional(words[2]),
            optional(words[3].equals(AWAY) ? "-" : words[3])
                .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds))));
      }
    } catch (IllegalArgumentException e) {
      throw notALease(line, number, e);
    }
    throw notALease(line, number, null);
  }

  private IOException notALease(String line, int number, @Nullable Exception cause) {
    return new IOException(file + ", line " + number + ": not a lease: " + line, cause);
  }

  private static Optional<String> optional(String word) {
    return word.equals("-") ? Optional.empty() : Optional.of(word);
  }

  private static void append(StringBuilder text, Lease lease, String end) {
    text.append(lease.address()).append(' ').append(lease.mac()).append(' ');
    text.append(lease.machine().orElse("-")).append(' ').append(end).append('\n');
  }

  /** Replaces the file; it is on the disk when this returns. */
  void write(Collection<Lease> here, Collection<Lease> away) throws IOException {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (Lease lease : here) {
      append(
          text, lease, lease.expires().map(end -> Long.toString(end.getEpochSecond())).orElse("-"));
    }
    for (Lease lease : away) {
      append(text, lease, AWAY);
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
