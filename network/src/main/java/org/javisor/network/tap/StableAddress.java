package org.javisor.network.tap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.javisor.network.packet.BigEndian;
import org.javisor.virtio.net.MacAddress;

/**
 * The Ethernet address of an interface that is made again and again: machines that have spoken with
 * it find it. It is another one on each host (machine-id(5)), because both may be on one link.
 */
final class StableAddress {
  private static final Path MACHINE_ID = Path.of("/etc/machine-id");
  private static final long LOCAL = 0x0200_0000_0000L;
  private static final long GROUP_AND_LOCAL = 0x0300_0000_0000L;

  private StableAddress() {}

  /** Locally administered; nothing if the host has no identifier. */
  static Optional<MacAddress> of(String name) {
    try {
      String host = Files.readString(MACHINE_ID, UTF_8).strip();
      if (host.isEmpty()) {
        return Optional.empty();
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(("javisor " + host + " " + name).getBytes(UTF_8));
      return Optional.of(new MacAddress((BigEndian.macAt(hash, 0) & ~GROUP_AND_LOCAL) | LOCAL));
    } catch (IOException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every platform has SHA-256", e);
    }
  }
}
