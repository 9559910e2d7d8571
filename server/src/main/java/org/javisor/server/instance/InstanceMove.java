package org.javisor.server.instance;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.javisor.host.ProblemException;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.migration.Downtime;
import org.javisor.migration.MigrationException;
import org.javisor.migration.MigrationPolicy;
import org.javisor.migration.MigrationReport;
import org.javisor.migration.protocol.Link;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.ApiException;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;
import org.javisor.server.peer.Peer;
import org.javisor.server.peer.PeerConnections;
import org.javisor.server.peer.PeerStore;
import org.jspecify.annotations.Nullable;

/** Moves of running instances to hosts that this one has joined. */
public final class InstanceMove {
  private static final String DOOR = "/1.0/host/migrations";

  private final InstanceStore instances;
  private final PeerStore peers;
  private final PeerConnections connections;
  private final Operations operations;

  /** Moves of these instances to these hosts. */
  public InstanceMove(
      InstanceStore instances,
      PeerStore peers,
      PeerConnections connections,
      Operations operations) {
    this.instances = instances;
    this.peers = peers;
    this.connections = connections;
    this.operations = operations;
  }

  /**
   * Begins to move an instance.
   *
   * @param target name of the host that is to have it
   * @throws ApiException 404 if no such host was joined, 400 if the policy is not possible
   */
  Operation begin(
      HostedInstance instance, String target, InstanceRequests.@Nullable Policy wanted) {
    Peer peer = peers.get(target);
    MigrationPolicy policy = policy(wanted);
    boolean dryRun = wanted != null && wanted.dryRun();
    instance.requireMachine();
    return operations.begin(
        dryRun ? "Checking migration" : "Migrating instance",
        InstanceRoutes.resources(instance.name()),
        operation -> run(operation, instance, peer, policy, dryRun));
  }

  private static MigrationPolicy policy(InstanceRequests.@Nullable Policy wanted) {
    MigrationPolicy standard = MigrationPolicy.STANDARD;
    if (wanted == null) {
      return standard;
    }
    try {
      Integer downtime = wanted.maxDowntimeMs();
      return new MigrationPolicy(
          Objects.requireNonNullElse(wanted.bandwidth(), standard.bandwidth()),
          downtime == null ? standard.maximumDowntime() : Duration.ofMillis(downtime),
          Objects.requireNonNullElse(wanted.slowdown(), standard.slowdown()));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private void run(
      Operation operation,
      HostedInstance instance,
      Peer peer,
      MigrationPolicy policy,
      boolean dryRun)
      throws InterruptedException {
    String id = UUID.randomUUID().toString();
    try {
      int port = connections.call(peer, "POST", DOOR, Map.of()).path("port").asInt();
      try (Socket socket = connections.connect(peer, port);
          Link link = Link.over(socket)) {
        if (dryRun) {
          long missing = instances.moves().check(instance, id, peer.name(), link);
          operation.say("missing_bytes", missing);
          return;
        }
        MigrationNews news = new MigrationNews(operation);
        MigrationReport report =
            instances.moves().move(instance, id, peer.name(), link, policy, news::tell);
        operation.say("report", view(report));
      }
    } catch (MigrationException e) {
      if (Thread.interrupted()) {
        throw interrupted(e);
      }
      throw ProblemException.failed(
          "the instance %s was not moved (%s): %s"
              .formatted(instance.name(), e.stage().words(), e.getMessage()),
          "",
          e);
    } catch (IOException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  private static InterruptedException interrupted(Exception cause) {
    InterruptedException interrupted = new InterruptedException();
    interrupted.initCause(cause);
    return interrupted;
  }

  private static Map<String, Object> view(MigrationReport report) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("total_ms", millis(report.total()));
    view.put("downtime", view(report.downtime()));
    view.put("restoring_ms", millis(report.restoring()));
    view.put("syncing_ms", millis(report.syncing()));
    view.put("sent_bytes", report.sentBytes());
    view.put("file_bytes", report.fileBytes());
    view.put(
        "rounds",
        report.rounds().stream()
            .map(
                round ->
                    Map.of(
                        "pages", round.pages(),
                        "bytes", round.bytes(),
                        "time_ms", millis(round.time()),
                        "dirty_bytes_per_second", round.dirtyRate()))
            .toList());
    view.put("zero_pages", report.zeroPages());
    view.put("unchanged_pages", report.unchangedPages());
    view.put("whole_pages", report.wholePages());
    view.put("whole_blocks", report.wholeBlocks());
    view.put("slowdown_percent", report.slowdown());
    return view;
  }

  private static Map<String, Object> view(Downtime downtime) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("total_ms", millis(downtime.total()));
    view.put("pausing_ms", millis(downtime.pausing()));
    view.put("memory_ms", millis(downtime.memory()));
    view.put("disks_ms", millis(downtime.disks()));
    view.put("state_ms", millis(downtime.state()));
    view.put("preparing_ms", millis(downtime.preparing()));
    view.put("committing_ms", millis(downtime.committing()));
    view.put("activating_ms", millis(downtime.activating()));
    return view;
  }

  static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e4) / 1e2;
  }
}
