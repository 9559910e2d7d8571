package org.javisor.server.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javisor.host.Host;
import org.javisor.host.instance.InstanceSettings;
import org.javisor.host.instance.InstanceStore;
import org.javisor.host.instance.Profile;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;

/** {@code /1.0/projects} and {@code /1.0/profiles}: there is one of each, {@code default}. */
public final class ProjectRoutes {
  private static final String PROJECTS = "/1.0/projects";
  private static final String PROFILES = "/1.0/profiles";
  private static final String DEFAULT = "default";

  private final Host host;
  private final InstanceStore instances;

  /** Routes of a host with these instances. */
  public ProjectRoutes(Host host, InstanceStore instances) {
    this.host = host;
    this.instances = instances;
  }

  /** A project. */
  public record Project(
      String name, String description, Map<String, String> config, List<String> usedBy) {}

  /** How much of something a project has; a limit of -1 is none. */
  public record Usage(long limit, long usage) {}

  /** A profile. */
  public record ProfileView(
      String name,
      String description,
      Map<String, String> config,
      Map<String, Map<String, String>> devices,
      String project,
      List<String> usedBy) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PROJECTS, call -> list(call, PROJECTS, List.of(project()))),
        Route.of("GET", PROJECTS + "/{name}", call -> one(call, "project", project())),
        Route.of("GET", PROJECTS + "/{name}/state", this::state),
        Route.of("GET", PROFILES, call -> list(call, PROFILES, profiles())),
        Route.of("GET", PROFILES + "/{name}", call -> one(call, "profile", profiles().getFirst())));
  }

  private List<String> instancePaths() {
    return instances.all().stream().map(one -> "/1.0/instances/" + one.name()).toList();
  }

  private Project project() throws IOException {
    List<String> usedBy = new ArrayList<>();
    host.images().list().forEach(image -> usedBy.add("/1.0/images/" + image.digest().hex()));
    usedBy.addAll(instancePaths());
    usedBy.add("/1.0/profiles/default");
    return new Project(
        DEFAULT,
        "The one project of this host",
        Map.of(
            "features.images", "true",
            "features.networks", "true",
            "features.profiles", "true",
            "features.storage.volumes", "true"),
        usedBy);
  }

  private Answer state(Call call) {
    requireDefault(call, "project");
    long all = instances.all().size();
    long cpus = 0;
    for (var instance : instances.all()) {
      cpus += InstanceSettings.of(instance.config()).cpus();
    }
    Map<String, Usage> resources = new LinkedHashMap<>();
    resources.put("containers", new Usage(-1, 0));
    resources.put("cpu", new Usage(-1, cpus));
    resources.put("instances", new Usage(-1, all));
    resources.put("virtual-machines", new Usage(-1, all));
    return Answer.of(Map.of("resources", resources));
  }

  private List<ProfileView> profiles() {
    return Profile.all().stream()
        .map(
            profile ->
                new ProfileView(
                    profile.name(),
                    profile.description(),
                    profile.config(),
                    profile.devices(),
                    DEFAULT,
                    instances.all().stream()
                        .filter(one -> one.config().profiles().contains(profile.name()))
                        .map(one -> "/1.0/instances/" + one.name())
                        .toList()))
        .toList();
  }

  private static Answer list(Call call, String path, List<?> all) {
    return Answer.of(call.recursion() == 0 ? List.of(path + "/" + DEFAULT) : call.filter().of(all));
  }

  private static void requireDefault(Call call, String kind) {
    if (!call.parameter("name").equals(DEFAULT)) {
      throw ApiException.notFound("there is no " + kind + " " + call.parameter("name"));
    }
  }

  private static Answer one(Call call, String kind, Object it) {
    requireDefault(call, kind);
    return Answer.of(it, Json.etag(it));
  }
}
