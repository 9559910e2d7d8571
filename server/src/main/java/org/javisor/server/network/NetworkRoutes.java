package org.javisor.server.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.javisor.host.instance.HostedInstance;
import org.javisor.host.instance.InstanceStore;
import org.javisor.host.network.NetworkRecord;
import org.javisor.host.network.NetworkStore;
import org.javisor.network.NetworkConfiguration;
import org.javisor.network.NetworkException;
import org.javisor.network.VirtualNetwork;
import org.javisor.network.capture.Capture;
import org.javisor.network.dhcp.Lease;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Json;
import org.javisor.server.http.Route;
import org.jspecify.annotations.Nullable;

/** {@code /1.0/networks}: virtual networks of this host. */
public final class NetworkRoutes {
  private static final String PATH = "/1.0/networks";
  private static final String ONE = PATH + "/{name}";

  private final NetworkStore networks;
  private final InstanceStore instances;

  /** Routes of the networks that these instances are plugged into. */
  public NetworkRoutes(InstanceStore instances) {
    this.instances = instances;
    this.networks = instances.networks();
  }

  /** A network in the form of the API. */
  public record View(
      String name,
      String description,
      String type,
      boolean managed,
      String status,
      Map<String, String> config,
      List<String> usedBy,
      List<String> locations,
      String project) {}

  /** An address that is reserved, in the form of the API. */
  public record LeaseView(
      String hostname, String hwaddr, String address, String type, String location) {}

  /** How a network is just now. */
  public record StateView(
      List<Map<String, String>> addresses, String hwaddr, int mtu, String state, String type) {}

  /** {@code POST /1.0/networks}. */
  public record Create(
      @Nullable String name,
      @Nullable String description,
      @Nullable String type,
      @Nullable Map<String, String> config) {}

  /** {@code PUT} and {@code PATCH /1.0/networks/NAME}. */
  public record Put(@Nullable String description, @Nullable Map<String, String> config) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("POST", PATH, this::create),
        Route.of("GET", ONE, this::get),
        Route.of("PUT", ONE, call -> change(call, false)),
        Route.of("PATCH", ONE, call -> change(call, true)),
        Route.of("DELETE", ONE, this::delete),
        Route.of("GET", ONE + "/leases", this::leases),
        Route.of("GET", ONE + "/state", this::state),
        Route.of("GET", ONE + "/capture", this::capture));
  }

  private Answer list(Call call) {
    int recursion = call.recursion();
    List<View> wanted =
        call.filter()
            .of(
                new TreeMap<>(networks.all())
                    .entrySet().stream()
                        .map(network -> view(network.getKey(), network.getValue()))
                        .toList());
    return Answer.of(
        recursion == 0 ? wanted.stream().map(one -> PATH + "/" + one.name()).toList() : wanted);
  }

  private View view(String name, NetworkRecord network) {
    Map<String, String> config = new TreeMap<>(network.config());
    NetworkConfiguration configuration = network.configuration(name);
    config.put("ipv4.address", configuration.gateway() + "/" + configuration.subnet().prefix());
    config.putIfAbsent("ipv4.nat", "true");
    config.putIfAbsent("ipv6.address", "none");
    return new View(
        name,
        network.description(),
        "bridge",
        true,
        "Created",
        config,
        users(name),
        List.of("none"),
        "default");
  }

  private List<String> users(String network) {
    List<String> users = new ArrayList<>();
    for (HostedInstance instance : instances.all()) {
      boolean uses =
          instance.config().expandedDevices().values().stream()
              .filter(device -> "nic".equals(device.get("type")))
              .anyMatch(
                  device -> device.getOrDefault("network", NetworkStore.DEFAULT).equals(network));
      if (uses) {
        users.add("/1.0/instances/" + instance.name());
      }
    }
    return users;
  }

  private Answer get(Call call) {
    String name = call.parameter("name");
    NetworkRecord network = networks.get(name);
    return Answer.of(view(name, network), Json.etag(network));
  }

  private Answer create(Call call) throws IOException {
    Create request = call.body(Create.class);
    String name = Objects.requireNonNullElse(request.name(), "");
    String type = Objects.requireNonNullElse(request.type(), "");
    if (!List.of("", "bridge").contains(type)) {
      throw ApiException.badRequest("there are no networks of type " + type + ", only bridge");
    }
    networks.create(
        name,
        new NetworkRecord(
            NetworkRecord.VERSION,
            Objects.requireNonNullElse(request.description(), ""),
            Objects.requireNonNullElse(request.config(), Map.of())));
    return Answer.created(PATH + "/" + name);
  }

  private Answer change(Call call, boolean merge) throws IOException, InterruptedException {
    String name = call.parameter("name");
    NetworkRecord before = networks.get(name);
    Put request = call.body(Put.class);
    call.requireMatch(Json.etag(before));
    Map<String, String> config = new TreeMap<>(merge ? before.config() : Map.of());
    config.putAll(Objects.requireNonNullElse(request.config(), Map.of()));
    networks.update(
        name,
        new NetworkRecord(
            NetworkRecord.VERSION,
            Objects.requireNonNullElse(request.description(), merge ? before.description() : ""),
            config));
    return Answer.done();
  }

  private Answer delete(Call call) {
    String name = call.parameter("name");
    networks.get(name);
    List<String> users = users(name);
    if (!users.isEmpty()) {
      throw ApiException.badRequest(
          "the network " + name + " is used by " + String.join(", ", users));
    }
    networks.delete(name);
    return Answer.done();
  }

  private Answer leases(Call call) {
    String name = call.parameter("name");
    networks.get(name);
    List<LeaseView> leases = new ArrayList<>();
    for (Lease lease : networks.running(name).map(VirtualNetwork::leases).orElse(List.of())) {
      leases.add(
          new LeaseView(
              lease.machine().orElse(""),
              lease.mac().toString(),
              lease.address().toString(),
              lease.machine().isPresent() ? "static" : "dynamic",
              "none"));
    }
    return Answer.of(leases);
  }

  private Answer state(Call call) {
    String name = call.parameter("name");
    NetworkConfiguration configuration = networks.get(name).configuration(name);
    boolean up = networks.running(name).isPresent();
    return Answer.of(
        new StateView(
            List.of(
                Map.of(
                    "family",
                    "inet",
                    "address",
                    configuration.gateway().toString(),
                    "netmask",
                    String.valueOf(configuration.subnet().prefix()),
                    "scope",
                    "global")),
            "",
            configuration.mtu(),
            up ? "up" : "down",
            "broadcast"));
  }

  /** Not of Incus: pcapng of all ports, or of an instance's, for as long as the client reads. */
  private Answer capture(Call call) {
    String name = call.parameter("name");
    networks.get(name);
    VirtualNetwork network =
        networks
            .running(name)
            .orElseThrow(
                () -> ApiException.badRequest("no instance is plugged into the network " + name));
    Optional<String> instance = Optional.of(call.query("instance")).filter(one -> !one.isEmpty());
    if (instance.isPresent()
        && !network.metrics().containsKey(instance.get().toLowerCase(Locale.ROOT))) {
      throw ApiException.badRequest(instance.get() + " is not plugged into the network " + name);
    }
    return new Answer.Stream(
        "application/x-pcapng",
        Map.of(),
        target -> {
          try (Capture capture = network.capture(instance, target)) {
            capture.awaitEnd();
          } catch (NetworkException e) {
            throw new IOException(e); // It has ended since.
          }
        });
  }
}
