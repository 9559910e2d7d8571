package org.javisor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.javisor.host.ByteSize;
import org.javisor.host.InstanceMetrics;
import org.javisor.riscv.translator.TranslatorMetrics;

/** What {@code run --stats} prints, a fact a line. */
final class StatisticsText {
  private StatisticsText() {}

  static List<String> of(InstanceMetrics metrics) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "instructions retired     %,d", metrics.instructions()));
    metrics.translator().ifPresent(translator -> translated(metrics, translator, lines));
    lines.add(String.format(Locale.ROOT, "soft-TLB misses          %,d", metrics.tlbMisses()));
    lines.add(
        String.format(
            Locale.ROOT, "JVM code cache           %s", ByteSize.format(CodeCache.bytes())));
    return lines;
  }

  private static void translated(
      InstanceMetrics metrics, TranslatorMetrics translator, List<String> lines) {
    lines.add(
        String.format(
            Locale.ROOT,
            "interpreted              %,d (%.1f %%)",
            translator.interpreted(),
            100.0 * translator.interpreted() / Math.max(1, metrics.instructions())));
    lines.add(
        String.format(
            Locale.ROOT,
            "units of translation     %,d of %,d instructions, made in %.1f s, %s of classes, and %,d shared",
            translator.units(),
            translator.instructions(),
            translator.nanoseconds() / 1e9,
            ByteSize.format(translator.classBytes()),
            translator.shared()));
    lines.add(
        String.format(
            Locale.ROOT,
            "compile queue            %,d waiting, %,d refused, %,d discarded, %,d evicted",
            translator.queued(),
            translator.refused(),
            translator.discarded(),
            translator.evicted()));
  }
}
