package org.javisor.server.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics in the text format of Prometheus, version 0.0.4: families with their samples together.
 */
final class PrometheusText {
  private final Map<String, StringBuilder> families = new LinkedHashMap<>();

  /** A sample of something that only grows; its name ends with {@code _total}. */
  void counter(String name, String help, Map<String, String> labels, Number value) {
    sample("counter", name, help, labels, value);
  }

  /** A sample of something that goes up and down. */
  void gauge(String name, String help, Map<String, String> labels, Number value) {
    sample("gauge", name, help, labels, value);
  }

  private void sample(
      String type, String name, String help, Map<String, String> labels, Number value) {
    StringBuilder family =
        families.computeIfAbsent(
            name,
            _ ->
                new StringBuilder("# HELP " + name + " " + help + "\n# TYPE " + name + " " + type));
    family.append('\n').append(name);
    char separator = '{';
    for (Map.Entry<String, String> label : labels.entrySet()) {
      family.append(separator).append(label.getKey()).append("=\"");
      family.append(escaped(label.getValue())).append('"');
      separator = ',';
    }
    family.append(labels.isEmpty() ? " " : "} ").append(value);
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public String toString() {
    return families.isEmpty() ? "" : String.join("\n", families.values()) + "\n";
  }
}
