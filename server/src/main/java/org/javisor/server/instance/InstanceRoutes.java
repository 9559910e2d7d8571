package org.javisor.server.instance;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceConfig;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.host.instance.InstanceStore;
import org.javisor.host.instance.Profile;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.api.InstanceView;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.image.ImageRoutes;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.OperationProgress;
import org.javisor.server.operation.Operations;

/** {@code /1.0/instances}: create, list, change, start, stop, delete. */
public final class InstanceRoutes {
  private static final String PATH = "/1.0/instances";
  private static final String ONE = PATH + "/{name}";

  private final InstanceStore instances;
  private final ImageRoutes images;
  private final InstanceMove move;
  private final BackupRoutes backups;
  private final Operations operations;

  /** Routes of these instances. */
  public InstanceRoutes(
      InstanceStore instances,
      ImageRoutes images,
      InstanceMove move,
      BackupRoutes backups,
      Operations operations) {
    this.instances = instances;
    this.images = images;
    this.move = move;
    this.backups = backups;
    this.operations = operations;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("POST", PATH, this::create),
        Route.of("GET", ONE, this::get),
        Route.of("PUT", ONE, this::put),
        Route.of("PATCH", ONE, this::patch),
        Route.of("POST", ONE, this::rename),
        Route.of("DELETE", ONE, this::delete),
        Route.of("GET", ONE + "/state", this::state),
        Route.of("PUT", ONE + "/state", this::changeState));
  }

  private Answer list(Call call) throws InterruptedException {
    int recursion = call.recursion();
    List<InstanceView> all = new ArrayList<>();
    for (HostedInstance one : instances.all()) {
      all.add(InstanceViews.of(one, recursion == 2));
    }
    List<InstanceView> wanted = call.filter().of(all);
    return Answer.of(
        recursion == 0 ? wanted.stream().map(one -> PATH + "/" + one.name()).toList() : wanted);
  }

  private HostedInstance named(Call call) {
    return instances.get(call.parameter("name"));
  }

  private Answer get(Call call) throws InterruptedException {
    HostedInstance instance = named(call);
    return Answer.of(
        InstanceViews.of(instance, call.recursion() > 0), InstanceViews.etag(instance));
  }

  private Answer create(Call call) throws IOException, InterruptedException {
    if (call.contentType().startsWith("application/octet-stream")) {
      return backups.read(call);
    }
    InstanceRequests.Create request = call.body(InstanceRequests.Create.class);
    if (request.type() != null
        && !List.of("", "virtual-machine", "container").contains(request.type())) {
      throw ApiException.badRequest("there are no instances of type " + request.type());
    }
    InstanceRequests.Source source = request.source();
    String name = request.name() == null ? "" : request.name();
    if (name.isEmpty()) {
      name = InstanceNames.fresh(candidate -> instances.find(candidate).isPresent());
    }
    if (source != null && "copy".equals(source.type())) {
      return copy(name, request, source);
    }
    String image = source == null ? "" : image(source);
    InstanceConfig config = config(request);
    InstanceSettings.of(config).spec(name, image); // Refused here rather than in the background.
    if (instances.find(name).isPresent()) {
      throw new ApiException(409, "an instance is called " + name + " already");
    }
    String wanted = name;
    return new Answer.Background(
        operations.begin(
            "Creating instance",
            resources(wanted),
            operation -> create(operation, wanted, image, config, request.start())));
  }

  private void create(
      Operation operation, String name, String image, InstanceConfig config, boolean start)
      throws InterruptedException {
    HostedInstance instance =
        instances.create(name, image, config, new OperationProgress(operation));
    if (start) {
      instance.start();
    }
  }

  /** A copy of an instance as it was at a snapshot: {@code source} is {@code NAME/SNAPSHOT}. */
  private Answer copy(String name, InstanceRequests.Create request, InstanceRequests.Source source)
      throws InterruptedException {
    String[] from = Objects.requireNonNullElse(source.source(), "").split("/", 2);
    HostedInstance original = instances.get(from[0]);
    boolean withSnapshot = from.length == 2;
    InstanceConfig base = withSnapshot ? original.snapshot(from[1]).config() : original.config();
    Map<String, String> keys = new TreeMap<>(base.config());
    keys.keySet().removeIf(key -> key.startsWith("volatile."));
    if (request.config() != null) {
      keys.putAll(request.config());
    }
    Map<String, Map<String, String>> devices = new TreeMap<>(base.devices());
    if (request.devices() != null) {
      devices.putAll(request.devices());
    }
    InstanceConfig config =
        new InstanceConfig(
            InstanceConfig.VERSION,
            Objects.requireNonNullElse(request.description(), base.description()),
            request.ephemeral(),
            Instant.now(),
            keys,
            devices,
            Objects.requireNonNullElse(request.profiles(), base.profiles()),
            false);
    InstanceSettings.of(config).spec(name, original.image().image());
    if (instances.find(name).isPresent()) {
      throw new ApiException(409, "an instance is called " + name + " already");
    }
    return new Answer.Background(
        operations.begin(
            "Copying instance",
            resources(name),
            operation -> {
              if (withSnapshot) {
                instances.copy(original, from[1], name, config, source.live());
              } else {
                copyNow(original, name, config, source.live());
              }
              if (request.start() && !source.live()) {
                instances.get(name).start();
              }
            }));
  }

  private void copyNow(HostedInstance original, String name, InstanceConfig config, boolean live)
      throws InterruptedException {
    String snapshot = "copy-" + UUID.randomUUID();
    original.takeSnapshot(snapshot, live, Optional.empty());
    try {
      instances.copy(original, snapshot, name, config, live);
    } finally {
      original.deleteSnapshot(snapshot);
    }
  }

  private String image(InstanceRequests.Source source) throws IOException {
    String type = Objects.requireNonNullElse(source.type(), "");
    if (!type.equals("image")) {
      throw ApiException.badRequest(
          "an instance is made from an image here, not from '" + type + "'");
    }
    if (source.fingerprint() != null && !source.fingerprint().isEmpty()) {
      return images.nameOf(source.fingerprint());
    }
    if (source.alias() != null && !source.alias().isEmpty()) {
      return source.alias();
    }
    throw ApiException.badRequest("the source names no image: give an alias or a fingerprint");
  }

  private static InstanceConfig config(InstanceRequests.Create request) {
    Map<String, String> keys = new HashMap<>();
    if (request.config() != null) {
      keys.putAll(request.config());
    }
    return new InstanceConfig(
        InstanceConfig.VERSION,
        Objects.requireNonNullElse(request.description(), ""),
        request.ephemeral(),
        Instant.now(),
        keys,
        request.devices() == null ? Map.of() : request.devices(),
        request.profiles() == null ? List.of(Profile.DEFAULT) : request.profiles(),
        false);
  }

  private Answer put(Call call) throws IOException, InterruptedException {
    HostedInstance instance = named(call);
    InstanceRequests.Put request = call.body(InstanceRequests.Put.class);
    call.requireMatch(InstanceViews.etag(instance));
    // Clients name a snapshot with the instance's name before it, or without.
    String restore = Objects.requireNonNullElse(request.restore(), "").replaceFirst("^.*/", "");
    if (!restore.isEmpty()) {
      instance.snapshot(restore);
      return new Answer.Background(
          operations.begin(
              "Restoring snapshot",
              resources(instance.name()),
              operation -> instance.restore(restore, request.stateful())));
    }
    return update(
        instance,
        before ->
            new InstanceConfig(
                before.version(),
                Objects.requireNonNullElse(request.description(), ""),
                request.ephemeral(),
                before.createdAt(),
                request.config() == null ? Map.of() : request.config(),
                request.devices() == null ? Map.of() : request.devices(),
                request.profiles() == null ? List.of() : request.profiles(),
                before.powered()));
  }

  private Answer patch(Call call) throws IOException {
    HostedInstance instance = named(call);
    InstanceRequests.Patch request = call.body(InstanceRequests.Patch.class);
    call.requireMatch(InstanceViews.etag(instance));
    return update(
        instance,
        before -> {
          Map<String, String> config = new TreeMap<>(before.config());
          if (request.config() != null) {
            config.putAll(request.config());
            config.values().removeIf(String::isEmpty); // As if they had not been said.
          }
          Map<String, Map<String, String>> devices = new TreeMap<>(before.devices());
          if (request.devices() != null) {
            devices.putAll(request.devices());
          }
          return new InstanceConfig(
              before.version(),
              Objects.requireNonNullElse(request.description(), before.description()),
              Objects.requireNonNullElse(request.ephemeral(), before.ephemeral()),
              before.createdAt(),
              config,
              devices,
              Objects.requireNonNullElse(request.profiles(), before.profiles()),
              before.powered());
        });
  }

  private Answer update(HostedInstance instance, UnaryOperator<InstanceConfig> change) {
    InstanceSettings.of(change.apply(instance.config())); // Refused here, not in the background.
    return new Answer.Background(
        operations.begin(
            "Updating instance",
            resources(instance.name()),
            operation -> {
              List<String> later = instance.update(change);
              if (!later.isEmpty()) {
                operation.say("later", later);
              }
            }));
  }

  private Answer rename(Call call) throws IOException {
    HostedInstance instance = named(call);
    InstanceRequests.Rename request = call.body(InstanceRequests.Rename.class);
    String name = request.name();
    if (request.migration()) {
      if (name != null && !name.isEmpty() && !name.equals(instance.name())) {
        throw ApiException.badRequest("an instance keeps its name when it moves");
      }
      String target = call.query("target");
      if (target.isEmpty()) {
        throw ApiException.badRequest("the host to move to is missing: ?target=NAME");
      }
      return new Answer.Background(move.begin(instance, target, request.policy()));
    }
    if (name == null || name.isEmpty()) {
      throw ApiException.badRequest("the new name is missing");
    }
    InstanceSettings.of(instance.config()).spec(name, "");
    return new Answer.Background(
        operations.begin(
            "Renaming instance",
            resources(instance.name()),
            operation -> instances.rename(instance, name)));
  }

  private Answer delete(Call call) {
    HostedInstance instance = named(call);
    if (instance.status().isOn()) {
      throw ApiException.badRequest(
          "the instance " + instance.name() + " is running: stop it first");
    }
    return new Answer.Background(
        operations.begin(
            "Deleting instance",
            resources(instance.name()),
            operation -> instances.delete(instance)));
  }

  private Answer state(Call call) {
    HostedInstance instance = named(call);
    return Answer.of(InstanceViews.state(instance));
  }

  private Answer changeState(Call call) throws IOException {
    HostedInstance instance = named(call);
    InstanceRequests.State request = call.body(InstanceRequests.State.class);
    Duration timeout =
        request.timeout() < 0 ? Duration.ofDays(365) : Duration.ofSeconds(request.timeout());
    String action = Objects.requireNonNullElse(request.action(), "");
    Operations.Work work =
        switch (action) {
          case "start" -> operation -> instance.start();
          case "stop" -> operation -> stop(instance, timeout, request.force());
          case "restart" ->
              operation -> {
                stop(instance, timeout, request.force());
                instance.start();
              };
          case "freeze" -> operation -> instance.pause();
          case "unfreeze" -> operation -> instance.resume();
          default ->
              throw ApiException.badRequest(
                  "there is no action '" + action + "': start, stop, restart, freeze, unfreeze");
        };
    String title =
        switch (action) {
          case "start" -> "Starting instance";
          case "stop" -> "Stopping instance";
          case "restart" -> "Restarting instance";
          case "freeze" -> "Freezing instance";
          default -> "Unfreezing instance";
        };
    return new Answer.Background(operations.begin(title, resources(instance.name()), work));
  }

  private static void stop(HostedInstance instance, Duration timeout, boolean force)
      throws InterruptedException {
    if (force) {
      instance.powerOff();
    } else {
      instance.shutDown(timeout);
    }
  }

  static Map<String, List<String>> resources(String name) {
    return Map.of("instances", List.of(PATH + "/" + name));
  }
}
