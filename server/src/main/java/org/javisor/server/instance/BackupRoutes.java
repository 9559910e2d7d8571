package org.javisor.server.instance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.javisor.host.ProblemException;
import org.javisor.host.instance.Backups;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.migration.MigrationException;
import org.javisor.server.api.InstanceRequests;
import org.javisor.server.http.Answer;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;

/**
 * {@code /1.0/instances/NAME/backups}: machines that run, written to files; and instances that are
 * made of such files.
 */
public final class BackupRoutes {
  private static final String PATH = "/1.0/instances/{name}/backups";
  private static final String ONE = PATH + "/{backup}";
  private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  private final InstanceStore instances;
  private final Operations operations;

  /** Routes of these instances' backups. */
  public BackupRoutes(InstanceStore instances, Operations operations) {
    this.instances = instances;
    this.operations = operations;
  }

  /** A backup in the form of the API. */
  public record View(
      String name,
      Instant createdAt,
      Instant expiresAt,
      boolean instanceOnly,
      boolean containerOnly,
      boolean optimizedStorage,
      long size) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("POST", PATH, this::create),
        Route.of("GET", ONE, this::get),
        Route.of("DELETE", ONE, this::delete),
        Route.of("GET", ONE + "/export", this::export));
  }

  private HostedInstance named(Call call) {
    return instances.get(call.parameter("name"));
  }

  private static String path(HostedInstance instance, String backup) {
    return "/1.0/instances/" + instance.name() + "/backups/" + backup;
  }

  private Answer list(Call call) {
    HostedInstance instance = named(call);
    return call.recursion() > 0
        ? Answer.of(views(instance))
        : Answer.of(
            instance.backups().all().stream().map(one -> path(instance, one.name())).toList());
  }

  /** All backups of an instance, by name. */
  static List<View> views(HostedInstance instance) {
    return instance.backups().all().stream().map(BackupRoutes::view).toList();
  }

  private static View view(Backups.Entry backup) {
    return new View(backup.name(), backup.createdAt(), NEVER, true, true, false, backup.size());
  }

  private Answer get(Call call) {
    View view = view(named(call).backups().get(call.parameter("backup")));
    return Answer.of(view, Json.etag(view));
  }

  private Answer create(Call call) throws IOException {
    HostedInstance instance = named(call);
    String wanted = call.body(InstanceRequests.Backup.class).name();
    String name = wanted == null || wanted.isEmpty() ? free(instance) : wanted;
    instance.requireMachine();
    return new Answer.Background(
        operations.begin(
            "Backing up instance",
            Map.of(
                "instances", List.of("/1.0/instances/" + instance.name()),
                "backups", List.of(path(instance, name))),
            operation -> {
              MigrationNews news = new MigrationNews(operation);
              operation.say("size", instance.backups().create(name, news::tell).size());
            }));
  }

  private static String free(HostedInstance instance) {
    return InstanceNames.numbered(
        "backup",
        "backups",
        instance.backups().all().stream().map(Backups.Entry::name).collect(Collectors.toSet()));
  }

  private Answer export(Call call) {
    HostedInstance instance = named(call);
    Backups.Entry backup = instance.backups().get(call.parameter("backup"));
    return new Answer.Stream(
        "application/octet-stream",
        Map.of("Content-Length", String.valueOf(backup.size())),
        target -> instance.backups().copy(backup.name(), target));
  }

  private Answer delete(Call call) {
    HostedInstance instance = named(call);
    String name = instance.backups().get(call.parameter("backup")).name();
    return new Answer.Background(
        operations.begin(
            "Deleting backup",
            InstanceRoutes.resources(instance.name()),
            operation -> instance.backups().delete(name)));
  }

  /**
   * Makes an instance of the file that is the call's body. The answer comes when all of it has been
   * read.
   */
  Answer read(Call call) throws InterruptedException {
    String name = call.header("X-Incus-name").orElse("");
    InputStream body = call.body();
    Operation reading =
        operations.begin(
            "Restoring backup",
            name.isEmpty() ? Map.of() : InstanceRoutes.resources(name),
            operation -> operation.say("name", read(body, name)));
    reading.await(-1);
    return new Answer.Background(reading);
  }

  private String read(InputStream body, String name) throws IOException, InterruptedException {
    try {
      return instances.moves().receive(body, name);
    } catch (MigrationException e) {
      // Whoever is still sending hears nothing until that is over.
      body.transferTo(OutputStream.nullOutputStream());
      throw ProblemException.badInput("the file cannot be imported: " + e.getMessage(), "");
    }
  }
}
