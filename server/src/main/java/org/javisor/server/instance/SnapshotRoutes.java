package org.javisor.server.instance;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceSnapshot;
import org.javisor.host.instance.InstanceStore;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.javisor.server.operation.Operations;

/** {@code /1.0/instances/NAME/snapshots}. */
public final class SnapshotRoutes {
  private static final String PATH = "/1.0/instances/{name}/snapshots";
  private static final String ONE = PATH + "/{snapshot}";

  private final InstanceStore instances;
  private final Operations operations;

  /** Routes of these instances' snapshots. */
  public SnapshotRoutes(InstanceStore instances, Operations operations) {
    this.instances = instances;
    this.operations = operations;
  }

  /** A snapshot in the form of the API. */
  public record View(
      String name,
      Instant createdAt,
      Instant expiresAt,
      Instant lastUsedAt,
      boolean stateful,
      String architecture,
      boolean ephemeral,
      List<String> profiles,
      Map<String, String> config,
      Map<String, Map<String, String>> devices,
      Map<String, String> expandedConfig,
      Map<String, Map<String, String>> expandedDevices,
      long size) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("POST", PATH, this::take),
        Route.of("GET", ONE, this::get),
        Route.of("PUT", ONE, this::put),
        Route.of("POST", ONE, this::rename),
        Route.of("DELETE", ONE, this::delete));
  }

  private HostedInstance named(Call call) {
    return instances.get(call.parameter("name"));
  }

  private Answer list(Call call) throws InterruptedException {
    HostedInstance instance = named(call);
    if (call.recursion() > 0) {
      return Answer.of(views(instance));
    }
    String base = "/1.0/instances/" + instance.name() + "/snapshots/";
    return Answer.of(instance.snapshots().keySet().stream().map(base::concat).toList());
  }

  /** All snapshots of an instance, the oldest first. */
  static List<View> views(HostedInstance instance) throws InterruptedException {
    return instance.snapshots().entrySet().stream()
        .sorted(java.util.Comparator.comparing(entry -> entry.getValue().createdAt()))
        .map(entry -> view(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static View view(String name, InstanceSnapshot snapshot) {
    return new View(
        name,
        snapshot.createdAt(),
        snapshot.expiresAt().orElse(Instant.parse("0001-01-01T00:00:00Z")),
        Instant.EPOCH,
        snapshot.stateful(),
        InstanceViews.ARCHITECTURE,
        snapshot.config().ephemeral(),
        snapshot.config().profiles(),
        snapshot.config().config(),
        snapshot.config().devices(),
        snapshot.config().expandedConfig(),
        snapshot.config().expandedDevices(),
        0);
  }

  private Answer get(Call call) throws InterruptedException {
    String name = call.parameter("snapshot");
    View view = view(name, named(call).snapshot(name));
    return Answer.of(view, Json.etag(view));
  }

  private Answer take(Call call) throws IOException, InterruptedException {
    HostedInstance instance = named(call);
    InstanceRequests.Snapshot request = call.body(InstanceRequests.Snapshot.class);
    String name =
        request.name() == null || request.name().isEmpty()
            ? InstanceNames.numbered("snap", "snapshots", instance.snapshots().keySet())
            : request.name();
    Optional<Instant> expires = lasting(request.expiresAt());
    return new Answer.Background(
        operations.begin(
            "Snapshotting instance",
            InstanceRoutes.resources(instance.name()),
            operation -> instance.takeSnapshot(name, request.stateful(), expires)));
  }

  /** Clients write the year 1 for "never". */
  private static Optional<Instant> lasting(@org.jspecify.annotations.Nullable Instant at) {
    return Optional.ofNullable(at).filter(time -> time.isAfter(Instant.EPOCH));
  }

  private Answer put(Call call) throws IOException, InterruptedException {
    HostedInstance instance = named(call);
    String name = call.parameter("snapshot");
    instance.snapshot(name);
    Optional<Instant> expires = lasting(call.body(InstanceRequests.SnapshotPut.class).expiresAt());
    return new Answer.Background(
        operations.begin(
            "Updating snapshot",
            InstanceRoutes.resources(instance.name()),
            operation -> instance.expireSnapshot(name, expires)));
  }

  private Answer rename(Call call) throws IOException, InterruptedException {
    HostedInstance instance = named(call);
    String name = call.parameter("snapshot");
    instance.snapshot(name);
    InstanceRequests.SnapshotRename request = call.body(InstanceRequests.SnapshotRename.class);
    if (request.migration()) {
      throw ApiException.badRequest("this host cannot move snapshots to others");
    }
    String other = request.name();
    if (other == null || other.isEmpty()) {
      throw ApiException.badRequest("the new name is missing");
    }
    return new Answer.Background(
        operations.begin(
            "Renaming snapshot",
            InstanceRoutes.resources(instance.name()),
            operation -> instance.renameSnapshot(name, other)));
  }

  private Answer delete(Call call) throws InterruptedException {
    HostedInstance instance = named(call);
    String name = call.parameter("snapshot");
    instance.snapshot(name);
    return new Answer.Background(
        operations.begin(
            "Deleting snapshot",
            InstanceRoutes.resources(instance.name()),
            operation -> instance.deleteSnapshot(name)));
  }
}
