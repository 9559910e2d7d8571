package org.javisor.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The cells of the tables that reports are printed as. */
final class Cells {
  private Cells() {}

  /** What a line begins with: what it is about, and a note. */
  static String label(String name, String note) {
    return "%-22s %14s".formatted(name, note);
  }

  /** Javisor's figure, the peer's, and the ratio, as far as there are any. */
  static String group(String here, Optional<String> there, Optional<Double> ratio) {
    return " %11s".formatted(here)
        + there.map(peer -> " %11s".formatted(peer)).orElse("")
        + ratio.map(value -> " %6s".formatted(decimal(value))).orElse("");
  }

  /** The line of the boot. */
  static String boot(String name, BootTime boot) {
    return label(name, "")
        + group(seconds(boot.seconds()), boot.peerSeconds().map(Cells::seconds), boot.ratio());
  }

  /** The lines of the memory of both processes. */
  static List<String> memory(MemoryUse here, Optional<MemoryUse> there) {
    return List.of(
            memory("memory beyond guest's", here, there, MemoryUse::overhead),
            memory("peak resident memory", here, there, MemoryUse::peak),
            memory("JVM code cache", here, there, MemoryUse::codeCache))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> memory(
      String name,
      MemoryUse here,
      Optional<MemoryUse> there,
      Function<MemoryUse, Optional<Double>> figure) {
    Optional<String> peer = there.flatMap(figure).map(Cells::mebibytes);
    return figure
        .apply(here)
        .map(bytes -> label(name, "") + group(mebibytes(bytes), peer, Optional.empty()));
  }

  static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f s", value);
  }

  static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f ms", seconds * 1e3);
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
  }
}
