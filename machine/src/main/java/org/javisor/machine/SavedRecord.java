package org.javisor.machine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A state record as it stands in a stream, before it is matched with a class: name, version and
 * values by component name. What a tool shows of a snapshot.
 *
 * @param name simple name of the record's class
 * @param version its {@link StateVersion}
 * @param values boxed primitives, strings, primitive arrays, {@code SavedRecord}s or lists of
 *     those; enums are strings
 */
public record SavedRecord(String name, int version, Map<String, Object> values) {
  /** Copies the map, keeping its order. */
  public SavedRecord {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
