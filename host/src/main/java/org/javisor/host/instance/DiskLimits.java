package org.javisor.host.instance;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;
import org.javisor.virtio.block.IoLimits;

/**
 * How the Incus API writes down how fast a disk may be used: {@code limits.read} and {@code
 * limits.write} are bytes in a second ({@code 10MB}, {@code 30MiB}) or requests in a second ({@code
 * 500iops}); {@code limits.max} stands for both.
 */
final class DiskLimits {
  private static final Pattern OPERATIONS = Pattern.compile("([0-9]{1,9})iops");

  private DiskLimits() {}

  private record Rate(long bytes, long operations) {}

  /**
   * The limits of a disk device.
   *
   * @throws ProblemException naming the key whose value is not possible
   */
  static IoLimits of(Map<String, String> disk) {
    boolean both = !disk.getOrDefault("limits.max", "").isEmpty();
    Rate read = rate(disk, both ? "limits.max" : "limits.read");
    Rate write = rate(disk, both ? "limits.max" : "limits.write");
    return new IoLimits(
        read.bytes, read.operations, write.bytes, write.operations, IoLimits.NONE.burst());
  }

  private static Rate rate(Map<String, String> disk, String key) {
    String text = disk.getOrDefault(key, "");
    if (text.isEmpty()) {
      return new Rate(0, 0);
    }
    Matcher operations = OPERATIONS.matcher(text);
    Rate rate =
        operations.matches()
            ? new Rate(0, Long.parseLong(operations.group(1)))
            : new Rate(bytes(key, text), 0);
    if (rate.bytes == 0 && rate.operations == 0) {
      throw impossible(key, text);
    }
    return rate;
  }

  private static long bytes(String key, String text) {
    try {
      return ByteSize.parse(text);
    } catch (ProblemException e) {
      throw impossible(key, text);
    }
  }

  private static ProblemException impossible(String key, String text) {
    return ProblemException.badInput(
        key + " of a disk cannot be '" + text + "'", "give a rate like 30MiB or 500iops");
  }
}
