package org.javisor.server.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the operating system says of itself. */
final class OperatingSystem {
  private OperatingSystem() {}

  /** The keys and values of os-release(5); empty where there is no such file. */
  static Map<String, String> release() {
    Map<String, String> all = new TreeMap<>();
    for (String line : lines()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        all.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^\"|\"$", ""));
      }
    }
    return all;
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(Path.of("/etc/os-release"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
