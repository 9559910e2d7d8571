package org.javisor.virtio.console;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ports of a console device.
 *
 * @param ports 1 to 127, with different names; a driver without support for several ports sees the
 *     first alone
 * @param columns width of the terminal in characters, 0 to 65535
 * @param rows height of the terminal in characters, 0 to 65535
 * @param queueSize entries of each queue, a power of two from 2 to 1024
 */
public record ConsoleConfiguration(
    List<PortConfiguration> ports, int columns, int rows, int queueSize) {
  /** Copies the list and checks the ranges. */
  public ConsoleConfiguration {
    ports = List.copyOf(ports);
    if (ports.isEmpty() || ports.size() > 127) {
      throw new IllegalArgumentException("console with " + ports.size() + " ports");
    }
    Set<String> names = new HashSet<>();
    for (PortConfiguration port : ports) {
      if (!names.add(port.name())) {
        throw new IllegalArgumentException("two ports called " + port.name());
      }
    }
    if ((columns | rows) >>> 16 != 0) {
      throw new IllegalArgumentException("terminal of " + columns + " x " + rows);
    }
    if (Integer.bitCount(queueSize) != 1 || queueSize < 2 || queueSize > 1024) {
      throw new IllegalArgumentException("queue of " + queueSize + " entries");
    }
  }

  /** The given ports, 80 columns by 24 rows, queues of 64 entries. */
  public static ConsoleConfiguration of(List<PortConfiguration> ports) {
    return new ConsoleConfiguration(ports, 80, 24, 64);
  }
}
