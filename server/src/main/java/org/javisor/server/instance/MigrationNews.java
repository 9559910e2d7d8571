package org.javisor.server.instance;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.migration.MigrationProgress;
import org.javisor.server.operation.Operation;
import org.jspecify.annotations.Nullable;

/** What an operation says of a migration's progress: each stage, and within one now and then. */
final class MigrationNews {
  /** How often; nobody reads faster. */
  private static final long BETWEEN_NANOS = Duration.ofMillis(100).toNanos();

  private final Operation operation;
  private @Nullable MigrationProgress last;
  private long at;

  MigrationNews(Operation operation) {
    this.operation = operation;
  }

  void tell(MigrationProgress progress) {
    long now = System.nanoTime();
    MigrationProgress before = last;
    if (before != null && before.stage() == progress.stage() && now - at < BETWEEN_NANOS) {
      return;
    }
    last = progress;
    at = now;
    operation.say("progress", view(progress));
  }

  private static Map<String, Object> view(MigrationProgress progress) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("stage", progress.stage().words());
    view.put("round", progress.round());
    view.put("sent_bytes", progress.sentBytes());
    view.put("remaining_bytes", progress.remainingBytes());
    view.put("dirty_bytes_per_second", progress.dirtyRate());
    view.put("bandwidth_bytes_per_second", progress.bandwidth());
    view.put("slowdown_percent", progress.slowdown());
    view.put("predicted_downtime_ms", InstanceMove.millis(progress.predictedDowntime()));
    return view;
  }
}
