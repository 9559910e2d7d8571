package org.javisor.server.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.javisor.host.Host;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.image.ImageInfo;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;

/**
 * {@code /1.0/storage-pools}: the one pool of a host is its data folder. Its volumes are the root
 * disks of the instances, and the images.
 */
public final class StorageRoutes {
  private static final String PATH = "/1.0/storage-pools";
  private static final String POOL = "default";
  private static final String ONE = PATH + "/{pool}";
  private static final String VOLUMES = ONE + "/volumes";

  private final Path folder;
  private final Host host;
  private final InstanceStore instances;

  /** Routes of the pool in this data folder. */
  public StorageRoutes(Path folder, Host host, InstanceStore instances) {
    this.folder = folder;
    this.host = host;
    this.instances = instances;
  }

  /** A pool. */
  public record Pool(
      String name,
      String description,
      String driver,
      String status,
      Map<String, String> config,
      List<String> usedBy,
      List<String> locations) {}

  /** Bytes or files: taken, and all there are. */
  public record Amount(long used, long total) {}

  /** A volume; of type {@code virtual-machine} or {@code image}. */
  public record Volume(
      String name,
      String description,
      String type,
      String contentType,
      String location,
      String project,
      Instant createdAt,
      Map<String, String> config,
      List<String> usedBy) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("GET", ONE, this::get),
        Route.of("GET", ONE + "/resources", this::resources),
        Route.of("GET", VOLUMES, this::volumes),
        Route.of("GET", VOLUMES + "/{type}", this::volumes),
        Route.of("GET", VOLUMES + "/{type}/{name}", this::volume));
  }

  private Answer list(Call call) throws IOException {
    return Answer.of(
        call.recursion() == 0 ? List.of(PATH + "/" + POOL) : call.filter().of(List.of(pool())));
  }

  private static void requirePool(Call call) {
    if (!call.parameter("pool").equals(POOL)) {
      throw ApiException.notFound("there is no storage pool " + call.parameter("pool"));
    }
  }

  private Answer get(Call call) throws IOException {
    requirePool(call);
    Pool pool = pool();
    return Answer.of(pool, Json.etag(pool));
  }

  private Pool pool() throws IOException {
    List<String> usedBy = new ArrayList<>();
    host.images().list().forEach(image -> usedBy.add("/1.0/images/" + image.digest().hex()));
    instances.all().forEach(instance -> usedBy.add("/1.0/instances/" + instance.name()));
    usedBy.add("/1.0/profiles/default");
    return new Pool(
        POOL,
        "The data folder of this host",
        "dir",
        "Created",
        Map.of("source", folder.toString()),
        usedBy,
        List.of("none"));
  }

  private Answer resources(Call call) throws IOException {
    requirePool(call);
    FileStore store = Files.getFileStore(folder);
    long total = store.getTotalSpace();
    Amount space = new Amount(total - store.getUnallocatedSpace(), total);
    return Answer.of(Map.of("space", space, "inodes", new Amount(0, 0)));
  }

  private List<Volume> volumes() throws IOException {
    List<Volume> all = new ArrayList<>();
    for (HostedInstance instance : instances.all()) {
      all.add(
          volume(
              instance.name(),
              "virtual-machine",
              "/1.0/instances/" + instance.name(),
              instance.config().createdAt()));
    }
    for (ImageInfo image : host.images().list()) {
      String fingerprint = image.digest().hex();
      all.add(volume(fingerprint, "image", "/1.0/images/" + fingerprint, image.created()));
    }
    return all;
  }

  private static Volume volume(String name, String type, String user, Instant created) {
    return new Volume(name, "", type, "block", "none", "default", created, Map.of(), List.of(user));
  }

  private static String path(Volume volume) {
    return PATH + "/" + POOL + "/volumes/" + volume.type() + "/" + volume.name();
  }

  private Answer volumes(Call call) throws IOException {
    requirePool(call);
    String type = call.hasParameter("type") ? call.parameter("type") : "";
    List<Volume> wanted =
        call.filter()
            .of(
                volumes().stream()
                    .filter(volume -> type.isEmpty() || volume.type().equals(type))
                    .toList());
    return Answer.of(
        call.recursion() == 0 ? wanted.stream().map(StorageRoutes::path).toList() : wanted);
  }

  private Answer volume(Call call) throws IOException {
    requirePool(call);
    Volume found =
        volumes().stream()
            .filter(
                volume ->
                    volume.type().equals(call.parameter("type"))
                        && volume.name().equals(call.parameter("name")))
            .findFirst()
            .orElseThrow(
                () -> ApiException.notFound("there is no volume " + call.parameter("name")));
    return Answer.of(found, Json.etag(found));
  }
}
