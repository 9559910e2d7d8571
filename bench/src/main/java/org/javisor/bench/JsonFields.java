package org.javisor.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The fields that the JSON of reports has in common. */
final class JsonFields {
  private JsonFields() {}

  /** A measured value, unless it is missing. */
  static void put(Map<String, Object> map, String name, Optional<Double> value) {
    value.ifPresent(number -> map.put(name, SignificantDigits.of(number)));
  }

  static Map<String, Object> boot(BootTime boot) {
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "ratio", boot.ratio());
    fields.put("seconds", SignificantDigits.of(boot.seconds()));
    put(fields, "peerSeconds", boot.peerSeconds());
    return fields;
  }

  static Map<String, Object> memory(MemoryUse here, Optional<MemoryUse> there) {
    Map<String, Object> fields = new LinkedHashMap<>();
    bytes(fields, "overheadBytes", here.overhead());
    bytes(fields, "peakBytes", here.peak());
    bytes(fields, "codeCacheBytes", here.codeCache());
    bytes(fields, "peerOverheadBytes", there.flatMap(MemoryUse::overhead));
    bytes(fields, "peerPeakBytes", there.flatMap(MemoryUse::peak));
    return fields;
  }

  private static void bytes(Map<String, Object> map, String name, Optional<Double> bytes) {
    bytes.ifPresent(number -> map.put(name, Math.round(number)));
  }
}
