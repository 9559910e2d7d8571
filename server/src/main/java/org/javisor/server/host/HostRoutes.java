package org.javisor.server.host;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.javisor.host.admission.HostConfiguration;
import org.javisor.server.event.EventHub;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.javisor.server.http.SocketStream;
import org.jspecify.annotations.Nullable;

/** What this host is, and the lists a client asks for that have one entry here. */
public final class HostRoutes {
  /** What of the API this host has, in the API's names for its extensions. */
  private static final List<String> EXTENSIONS =
      List.of(
          "api_filtering",
          "api_os",
          "backup_override_name",
          "certificate_description",
          "certificate_token",
          "clustering",
          "console",
          "console_force",
          "container_backup",
          "container_exec_signal_handling",
          "container_exec_user_group_cwd",
          "container_full",
          "etag",
          "event_lifecycle",
          "event_location",
          "explicit_trust_token",
          "image_types",
          "instance_all_projects",
          "instance_create_start",
          "instance_get_full",
          "instance_state_started_at",
          "instances",
          "javisor_runs",
          "metrics",
          "network",
          "operation_description",
          "operation_wait",
          "patch",
          "profile_usedby",
          "project_usage",
          "projects",
          "resources",
          "resources_v2",
          "snapshot_expiry",
          "snapshot_expiry_creation",
          "storage",
          "storage_volumes_all_projects",
          "virtual-machines",
          "warnings");

  private static final Set<String> EVENT_TYPES = Set.of("operation", "lifecycle", "logging");

  private final EventHub events;
  private final Description host;
  private final HostConfiguration configuration;

  /**
   * What does not change about this host.
   *
   * @param name its name
   * @param version of Javisor
   * @param certificate its certificate as text
   * @param fingerprint the digest of that
   * @param addresses where it listens for TLS
   */
  public record Description(
      String name,
      String version,
      String certificate,
      String fingerprint,
      List<String> addresses) {}

  /** Routes of this host. */
  public HostRoutes(Description host, EventHub events, HostConfiguration configuration) {
    this.host = host;
    this.events = events;
    this.configuration = configuration;
  }

  /**
   * {@code PUT} and {@code PATCH /1.0}.
   *
   * @param config all of the configuration, or what of it changes
   */
  record Change(@Nullable Map<String, String> config) {
    Map<String, String> keys() {
      return config == null ? Map.of() : config;
    }
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        new Route("GET", "/", Route.Access.EVERYBODY, call -> Answer.of(List.of("/1.0"))),
        new Route("GET", "/1.0", Route.Access.EVERYBODY, this::server),
        Route.of("PUT", "/1.0", call -> change(call, false)),
        Route.of("PATCH", "/1.0", call -> change(call, true)),
        Route.of("GET", "/1.0/events", this::events));
  }

  private Answer change(Call call, boolean adds) throws IOException {
    Map<String, String> keys = call.body(Change.class).keys();
    call.requireMatch(etag());
    configuration.update(
        before -> {
          Map<String, String> changed = new TreeMap<>(adds ? before : Map.of());
          changed.putAll(keys);
          return changed;
        });
    return Answer.of(Map.of());
  }

  private String etag() {
    return Json.etag(configuration.config());
  }

  private Answer server(Call call) {
    Map<String, Object> server = new LinkedHashMap<>();
    boolean trusted = call.caller().trusted();
    server.put("api_extensions", EXTENSIONS);
    server.put("api_status", "stable");
    server.put("api_version", "1.0");
    server.put("auth", trusted ? "trusted" : "untrusted");
    server.put("public", false);
    server.put("auth_methods", List.of("tls"));
    if (trusted) {
      server.put("auth_user_name", call.caller().fingerprint().orElse(""));
      server.put("auth_user_method", call.caller().method());
      server.put("config", configuration.config());
      server.put("environment", environment());
    }
    return trusted ? Answer.of(server, etag()) : Answer.of(server);
  }

  private Map<String, Object> environment() {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("addresses", host.addresses());
    environment.put("architectures", List.of("riscv64"));
    environment.put("certificate", host.certificate());
    environment.put("certificate_fingerprint", host.fingerprint());
    environment.put("driver", "javisor");
    environment.put("driver_version", host.version());
    environment.put("firewall", "");
    environment.put("kernel", System.getProperty("os.name"));
    environment.put("kernel_architecture", System.getProperty("os.arch"));
    environment.put("kernel_version", System.getProperty("os.version"));
    Map<String, String> system = OperatingSystem.release();
    environment.put("os_name", system.getOrDefault("NAME", System.getProperty("os.name")));
    environment.put("os_version", system.getOrDefault("VERSION_ID", ""));
    environment.put("project", "default");
    environment.put("server", "javisor");
    environment.put("server_clustered", false);
    environment.put("server_event_mode", "full-mesh");
    environment.put("server_name", host.name());
    environment.put("server_pid", ProcessHandle.current().pid());
    environment.put("server_version", host.version());
    environment.put("storage", "dir");
    environment.put("storage_version", "1");
    return environment;
  }

  private Answer events(Call call) {
    Set<String> types = EVENT_TYPES;
    if (!call.query("type").isEmpty()) {
      types = new HashSet<>(Arrays.asList(call.query("type").split(",", -1)));
      if (!EVENT_TYPES.containsAll(types)) {
        throw ApiException.badRequest("types of events are operation, lifecycle and logging");
      }
    }
    SocketStream socket = new SocketStream();
    events.connect(socket, types);
    return new Answer.WebSocket(socket);
  }
}
