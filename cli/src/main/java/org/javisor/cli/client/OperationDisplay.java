package org.javisor.cli.client;

import java.time.Duration;
import org.javisor.image.Progress;
import tools.jackson.databind.JsonNode;

/** Waits for an operation and shows meanwhile how far it says it is. */
public final class OperationDisplay {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final HostClient client;
  private final Progress progress;

  /** Shows operations of this host there. */
  public OperationDisplay(HostClient client, Progress progress) {
    this.client = client;
    this.progress = progress;
  }

  /**
   * Waits for its end.
   *
   * @return its last state
   * @throws org.javisor.host.ProblemException if it fails
   * @throws InterruptedException if interrupted; it is asked to end then
   */
  public JsonNode await(JsonNode operation) throws InterruptedException {
    String id = operation.path("id").asString();
    String path = "/1.0/operations/" + id + "/wait?timeout=" + PATIENCE.toSeconds();
    String title = "";
    Progress.Phase phase = Progress.NONE.begin("", Progress.Unit.STEPS, 0);
    try {
      JsonNode now = operation;
      while (now.path("status_code").asInt() < 200) {
        now = client.get(path);
        String said = now.path("metadata").path("download_progress").asString("");
        int colon = said.indexOf(':');
        String what = colon < 0 ? said : said.substring(0, colon);
        if (!what.equals(title)) {
          phase.close();
          phase = progress.begin(what, Progress.Unit.STEPS, 0);
          title = what;
        }
        if (!said.isEmpty()) {
          phase.at(colon < 0 ? "" : said.substring(colon + 1).strip());
        }
      }
    } catch (InterruptedException e) {
      client.cancel(id);
      throw e;
    } finally {
      phase.close();
    }
    return client.await(id);
  }
}
