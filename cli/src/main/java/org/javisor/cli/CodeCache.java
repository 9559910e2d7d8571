package org.javisor.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;

/** What this JVM's compiled code takes, of the translated guest and of Javisor itself. */
final class CodeCache {
  private CodeCache() {}

  /** Bytes in use now. */
  static long bytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().startsWith("CodeHeap") || pool.getName().equals("CodeCache"))
        .map(MemoryPoolMXBean::getUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
