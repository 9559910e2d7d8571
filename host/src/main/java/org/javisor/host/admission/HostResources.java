package org.javisor.host.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.host.SystemMemory;

/**
 * What machines share.
 *
 * @param memory bytes of memory of this host, or of the control group the process is in
 * @param processors of the host
 * @param heap bytes that the process itself may use for what it knows of its machines
 */
public record HostResources(long memory, int processors, long heap) {
  /** Those of this host and this process. */
  public static HostResources ofThisHost() {
    Runtime runtime = Runtime.getRuntime();
    return new HostResources(
        memoryOfThisHost(), runtime.availableProcessors(), runtime.maxMemory());
  }

  private static long memoryOfThisHost() {
    long memory = SystemMemory.now().map(SystemMemory::total).orElse(Long.MAX_VALUE);
    try {
      Path group = Path.of("/sys/fs/cgroup/memory.max");
      if (Files.exists(group)) {
        String limit = Files.readString(group).strip();
        memory = limit.equals("max") ? memory : Math.min(memory, Long.parseLong(limit));
      }
    } catch (IOException | NumberFormatException e) {
      return memory; // A host that does not tell has no limit that could be checked.
    }
    return memory;
  }
}
