package org.javisor.server.host;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.javisor.host.SystemMemory;
import org.javisor.server.http.Answer;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;

/**
 * {@code /1.0/resources}: processors, memory and load of the physical machine. Lists of hardware
 * that instances cannot be given are empty.
 */
public final class ResourceRoutes {
  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("GET", "/1.0/resources", ResourceRoutes::resources));
  }

  private static Answer resources(Call call) {
    Map<String, Object> none = Map.of("cards", List.of(), "total", 0);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cpu", cpu());
    all.put("memory", memory());
    all.put("gpu", none);
    all.put("network", none);
    all.put("storage", Map.of("disks", List.of(), "total", 0));
    all.put("usb", Map.of("devices", List.of(), "total", 0));
    all.put("pci", Map.of("devices", List.of(), "total", 0));
    all.put("serial", Map.of("devices", List.of(), "total", 0));
    all.put("system", Map.of("uuid", "", "vendor", "", "product", "", "family", "", "type", ""));
    all.put("load", load());
    return Answer.of(all);
  }

  /** All processors as threads of one socket, which is what Java knows of them. */
  private static Map<String, Object> cpu() {
    int count = Runtime.getRuntime().availableProcessors();
    List<Map<String, Object>> cores =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    Map.<String, Object>of(
                        "core",
                        i,
                        "die",
                        0,
                        "cluster",
                        0,
                        "flags",
                        List.of(),
                        "threads",
                        List.of(
                            Map.of(
                                "id",
                                i,
                                "numa_node",
                                0,
                                "thread",
                                0,
                                "online",
                                true,
                                "isolated",
                                false))))
            .toList();
    return Map.of(
        "architecture",
        System.getProperty("os.arch"),
        "total",
        count,
        "sockets",
        List.of(Map.of("socket", 0, "cores", cores)));
  }

  private static Map<String, Object> memory() {
    SystemMemory memory = SystemMemory.now().orElse(new SystemMemory(0, 0));
    return Map.of(
        "total",
        memory.total(),
        "used",
        memory.total() - memory.available(),
        "nodes",
        List.of(),
        "hugepages_size",
        0,
        "hugepages_total",
        0,
        "hugepages_used",
        0);
  }

  private static Map<String, Object> load() {
    String[] words = read("/proc/loadavg").split(" ", -1);
    boolean known = words.length > 3;
    return Map.of(
        "Average1Min",
        known
            ? Double.parseDouble(words[0])
            : ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        "Average5Min",
        known ? Double.parseDouble(words[1]) : 0,
        "Average10Min",
        known ? Double.parseDouble(words[2]) : 0,
        "Processes",
        ProcessHandle.allProcesses().count());
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return ""; // Not on this system.
    }
  }
}
