package org.javisor.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.host.InstanceMetrics;
import org.javisor.host.JsonText;
import org.javisor.riscv.translator.TranslatorMetrics;

/** What {@code run --stats-json} writes. */
final class StatisticsJson {
  private StatisticsJson() {}

  /**
   * One object: {@code instructions} retired, {@code tlbMisses}, {@code codeCacheBytes}, and {@code
   * translator} with what the translator did, unless the machine ran without.
   */
  static String of(InstanceMetrics metrics) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("instructions", metrics.instructions());
    whole.put("tlbMisses", metrics.tlbMisses());
    whole.put("codeCacheBytes", CodeCache.bytes());
    metrics.translator().ifPresent(translator -> whole.put("translator", fields(translator)));
    return JsonText.of(whole);
  }

  private static Map<String, Object> fields(TranslatorMetrics translator) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("interpreted", translator.interpreted());
    fields.put("units", translator.units());
    fields.put("instructions", translator.instructions());
    fields.put("nanoseconds", translator.nanoseconds());
    fields.put("classBytes", translator.classBytes());
    fields.put("shared", translator.shared());
    fields.put("queued", translator.queued());
    fields.put("refused", translator.refused());
    fields.put("discarded", translator.discarded());
    fields.put("evicted", translator.evicted());
    return fields;
  }
}
