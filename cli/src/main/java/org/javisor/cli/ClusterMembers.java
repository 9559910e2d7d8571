package org.javisor.cli;

import java.util.Map;
import java.util.TreeMap;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.cluster.ClusterFile;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The instances and the network of one cluster on a host. */
final class ClusterMembers {
  private final HostClient client;
  private final String cluster;

  ClusterMembers(HostClient client, String cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  /** All its instances, by name. */
  Map<String, JsonNode> all() throws InterruptedException {
    Map<String, JsonNode> all = new TreeMap<>();
    for (JsonNode instance : client.get("/1.0/instances?recursion=2")) {
      if (instance.path("config").path(ClusterFile.MARK).asString("").equals(cluster)) {
        all.put(instance.path("name").asString(), instance);
      }
    }
    return all;
  }

  /** Makes its network, if it is not there. */
  void makeNetwork(ClusterFile.@Nullable Network network) throws InterruptedException {
    for (JsonNode path : client.get("/1.0/networks")) {
      if (path.asString().equals("/1.0/networks/" + cluster)) {
        return;
      }
    }
    Map<String, String> config = new TreeMap<>();
    if (network != null && network.config() != null) {
      config.putAll(network.config());
    }
    config.put(ClusterFile.MARK, cluster);
    if (network != null && network.subnet() != null) {
      config.put("ipv4.address", network.subnet());
    }
    if (network != null && network.uplink() != null) {
      config.put("ipv4.nat", String.valueOf(network.uplink()));
    }
    client.call(
        "POST",
        "/1.0/networks",
        HostClient.object("name", cluster, "type", "bridge", "config", config));
  }

  /** Removes its network, if there is one that was made for it. */
  void removeNetwork() throws InterruptedException {
    for (JsonNode network : client.get("/1.0/networks?recursion=1")) {
      if (network.path("name").asString().equals(cluster)
          && network.path("config").path(ClusterFile.MARK).asString("").equals(cluster)) {
        client.call("DELETE", "/1.0/networks/" + cluster, null);
      }
    }
  }

  /** Makes an instance as it is desired, or starts the one that is there. */
  void deploy(ClusterFile.Desired desired, @Nullable JsonNode there) throws InterruptedException {
    String path = "/1.0/instances/" + HostClient.encoded(desired.name());
    if (there == null) {
      client.run(
          "POST",
          "/1.0/instances",
          HostClient.object(
              "name", desired.name(),
              "type", "virtual-machine",
              "start", true,
              "config", desired.config(),
              "devices", desired.devices(),
              "source", Map.of("type", "image", "alias", desired.image())));
    } else if (there.path("status").asString().equals("Stopped")) {
      client.run("PUT", path + "/state", HostClient.object("action", "start"));
    }
    boolean booted = there == null || there.path("status").asString().equals("Stopped");
    if (booted && !desired.run().isEmpty()) {
      JsonNode end =
          client.run(
              "POST",
              path + "/exec",
              HostClient.object(
                  "command", new String[] {"sh", "-c", desired.run()},
                  "wait-for-websocket", false,
                  "interactive", false));
      int code = end.path("metadata").path("return").asInt(-1);
      if (code != 0) {
        throw ProblemException.failed(
            desired.name() + ": its command ended with " + code,
            "javisor logs " + desired.name(),
            null);
      }
    }
  }

  /** Removes an instance, on or off. */
  void remove(String name) throws InterruptedException {
    String path = "/1.0/instances/" + HostClient.encoded(name);
    if (!client.get(path).path("status").asString().equals("Stopped")) {
      client.run("PUT", path + "/state", HostClient.object("action", "stop", "force", true));
    }
    client.run("DELETE", path, null);
  }

  /** What runs, as a table. */
  String table() throws InterruptedException {
    return PsCommand.text(all().values());
  }
}
