package org.javisor.cli;

import java.util.Locale;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ByteSize;
import org.javisor.image.Progress;
import tools.jackson.databind.JsonNode;

/** Shows how far a migration is, to another host or to a file. */
final class MigrationDisplay {
  private static final long GLANCE_MILLIS = 100;

  private MigrationDisplay() {}

  /**
   * Shows it until its end; the last state of its operation.
   *
   * @throws InterruptedException if interrupted; it is called off then, unless it is too late
   */
  static JsonNode follow(HostClient client, JsonNode operation) throws InterruptedException {
    try (ProgressDisplay display = ProgressDisplay.onStandardError()) {
      return follow(client, operation, display);
    }
  }

  private static JsonNode follow(HostClient client, JsonNode operation, Progress display)
      throws InterruptedException {
    String id = operation.path("id").asString();
    String stage = "";
    Progress.Phase phase = Progress.NONE.begin("", Progress.Unit.STEPS, 0);
    try {
      JsonNode now = operation;
      while (now.path("status_code").asInt() < 200) {
        Thread.sleep(GLANCE_MILLIS);
        now = client.get("/1.0/operations/" + id);
        JsonNode progress = now.path("metadata").path("progress");
        String at = progress.path("stage").asString("");
        if (!at.isEmpty() && !at.equals(stage)) {
          phase.close();
          phase = display.begin(at, Progress.Unit.STEPS, 0);
          stage = at;
        }
        phase.at(words(progress));
      }
    } catch (InterruptedException e) {
      // Called off, unless it is too late; the operation says which.
      client.call("DELETE", "/1.0/operations/" + id, null);
      throw e;
    } finally {
      phase.close();
    }
    return client.await(id);
  }

  private static String words(JsonNode progress) {
    if (progress.path("round").asInt(0) == 0) {
      return ByteSize.format(progress.path("sent_bytes").asLong(0)) + " sent";
    }
    int slowdown = progress.path("slowdown_percent").asInt();
    return String.format(
        Locale.ROOT,
        "round %d, %s sent, %s left; %s/s written anew, %s/s sent; %.0f ms to stand still%s",
        progress.path("round").asInt(),
        ByteSize.format(progress.path("sent_bytes").asLong()),
        ByteSize.format(progress.path("remaining_bytes").asLong()),
        ByteSize.format(progress.path("dirty_bytes_per_second").asLong()),
        ByteSize.format(progress.path("bandwidth_bytes_per_second").asLong()),
        progress.path("predicted_downtime_ms").asDouble(),
        slowdown == 0 ? "" : ", slowed down by " + slowdown + " %");
  }
}
