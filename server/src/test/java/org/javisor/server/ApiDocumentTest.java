package org.javisor.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.javisor.server.RunningServer.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The document of the API says what the server does, and nothing else. */
class ApiDocumentTest {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @TempDir private static Path folder;
  private static RunningServer server;
  private static JsonNode document;

  @BeforeAll
  static void start() throws Exception {
    server = new RunningServer(folder);
    document =
        YAMLMapper.builder().build().readTree(server.call("GET", "/1.0/openapi.yaml", "").text());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void hasExactlyTheRoutesOfTheServer() {
    Set<String> written = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .map(Map.Entry::getKey)
                    .filter(key -> !key.equals("parameters"))
                    .forEach(method -> written.add(route(method, path.getKey()))));
    Set<String> real = new TreeSet<>();
    server.server.routes().forEach(route -> real.add(route(route.getKey(), route.getValue())));
    assertThat(written).isEqualTo(real);
  }

  private static String route(String method, String path) {
    return method.toUpperCase(Locale.ROOT) + " " + path.replaceAll("\\{[a-z]+}", "{}");
  }

  /** What is called, in this order; a later one may need what an earlier one made. */
  private static final List<String> CALLS =
      List.of(
          "GET / | / |",
          "GET /1.0 | /1.0 |",
          "PUT /1.0 | /1.0 | {\"config\":{\"javisor.machines.max\":\"90\"}}",
          "PATCH /1.0 | /1.0 | {\"config\":{\"javisor.overcommit.cpu\":\"32\"}}",
          "GET /1.0/openapi.yaml | /1.0/openapi.yaml |",
          "GET /1.0/metrics | /1.0/metrics |",
          "GET /1.0/events | /1.0/events |",
          "GET /1.0/host/handover | /1.0/host/handover |",
          "POST /1.0/host/handover | /1.0/host/handover | {}",
          "POST /1.0/host/peers | /1.0/host/peers | {\"name\":\"b\",\"token\":\"none\"}",
          "GET /1.0/host/peers | /1.0/host/peers |",
          "GET /1.0/host/peers/{name} | /1.0/host/peers/b |",
          "DELETE /1.0/host/peers/{name} | /1.0/host/peers/b |",
          "POST /1.0/host/migrations | /1.0/host/migrations | {}",
          "GET /1.0/host/migrations/{id} | /1.0/host/migrations/1 |",
          "PUT /1.0/host/migrations/{id} | /1.0/host/migrations/1 | {\"outcome\":\"COMMITTED\"}",
          "POST /1.0/host/runs | /1.0/host/runs | {\"image\":\"nothing\"}",
          "GET /1.0/resources | /1.0/resources |",
          "GET /1.0/warnings | /1.0/warnings |",
          "GET /1.0/cluster | /1.0/cluster |",
          "GET /1.0/cluster/members | /1.0/cluster/members |",
          "GET /1.0/projects | /1.0/projects?recursion=1 |",
          "GET /1.0/projects/{project} | /1.0/projects/default |",
          "GET /1.0/projects/{project}/state | /1.0/projects/default/state |",
          "GET /1.0/profiles | /1.0/profiles?recursion=1 |",
          "GET /1.0/profiles/{profile} | /1.0/profiles/default |",
          "GET /1.0/networks | /1.0/networks?recursion=1 |",
          "POST /1.0/networks | /1.0/networks | {\"name\":\"net1\"}",
          "GET /1.0/networks/{network} | /1.0/networks/net1 |",
          "GET /1.0/networks/{network}/capture | /1.0/networks/net1/capture |",
          "GET /1.0/networks/{network}/leases | /1.0/networks/net1/leases |",
          "GET /1.0/networks/{network}/state | /1.0/networks/net1/state |",
          "PUT /1.0/networks/{network} | /1.0/networks/net1 | {\"description\":\"one\"}",
          "PATCH /1.0/networks/{network} | /1.0/networks/net1 | {\"description\":\"two\"}",
          "DELETE /1.0/networks/{network} | /1.0/networks/net1 |",
          "GET /1.0/storage-pools | /1.0/storage-pools?recursion=1 |",
          "GET /1.0/storage-pools/{pool} | /1.0/storage-pools/default |",
          "GET /1.0/storage-pools/{pool}/resources | /1.0/storage-pools/default/resources |",
          "GET /1.0/storage-pools/{pool}/volumes | /1.0/storage-pools/default/volumes?recursion=1 |",
          "GET /1.0/storage-pools/{pool}/volumes/{type} |"
              + " /1.0/storage-pools/default/volumes/virtual-machine |",
          "GET /1.0/storage-pools/{pool}/volumes/{type}/{volume} |"
              + " /1.0/storage-pools/default/volumes/virtual-machine/web |",
          "POST /1.0/certificates | /1.0/certificates | {\"name\":\"c\",\"token\":true}",
          "POST /1.0/certificates | /1.0/certificates | {\"certificate\":\"CERTIFICATE\"}",
          "GET /1.0/certificates | /1.0/certificates?recursion=1 |",
          "GET /1.0/certificates/{fingerprint} | /1.0/certificates/FINGERPRINT |",
          "DELETE /1.0/certificates/{fingerprint} | /1.0/certificates/FINGERPRINT |",
          "GET /1.0/images | /1.0/images?recursion=1 |",
          "GET /1.0/images/aliases | /1.0/images/aliases?recursion=1 |",
          "GET /1.0/images/aliases/{alias} | /1.0/images/aliases/busybox |",
          "GET /1.0/images/{fingerprint} | /1.0/images/RECIPE |",
          "POST /1.0/images | /1.0/images | {\"source\":{\"alias\":\"nothing\"}}",
          "DELETE /1.0/images/{fingerprint} | /1.0/images/0000 |",
          "GET /1.0/instances | /1.0/instances |",
          "GET /1.0/instances | /1.0/instances?recursion=1&filter=name%20eq%20w.* |",
          "GET /1.0/instances | /1.0/instances?recursion=2 |",
          "POST /1.0/instances | /1.0/instances |"
              + " {\"name\":\"n\",\"source\":{\"type\":\"image\",\"alias\":\"nothing\"}}",
          "GET /1.0/instances/{instance} | /1.0/instances/web?recursion=1 |",
          "PUT /1.0/instances/{instance} | /1.0/instances/web | {\"config\":{\"user.x\":\"1\"}}",
          "PATCH /1.0/instances/{instance} | /1.0/instances/web | {\"description\":\"one\"}",
          "GET /1.0/instances/{instance}/state | /1.0/instances/web/state |",
          "PUT /1.0/instances/{instance}/state | /1.0/instances/web/state | {\"action\":\"start\"}",
          "GET /1.0/instances/{instance}/console | /1.0/instances/web/console |",
          "POST /1.0/instances/{instance}/console | /1.0/instances/web/console | {}",
          "DELETE /1.0/instances/{instance}/console | /1.0/instances/web/console |",
          "POST /1.0/instances/{instance}/exec | /1.0/instances/web/exec | {\"command\":[\"id\"]}",
          "GET /1.0/instances/{instance}/files | /1.0/instances/web/files?path=/ |",
          "HEAD /1.0/instances/{instance}/files | /1.0/instances/web/files?path=/ |",
          "POST /1.0/instances/{instance}/files | /1.0/instances/web/files?path=/x | x",
          "DELETE /1.0/instances/{instance}/files | /1.0/instances/web/files?path=/x |",
          "POST /1.0/instances/{instance}/snapshots | /1.0/instances/web/snapshots |"
              + " {\"name\":\"s\"}",
          "GET /1.0/instances/{instance}/snapshots | /1.0/instances/web/snapshots?recursion=1 |",
          "GET /1.0/instances/{instance}/snapshots/{snapshot} | /1.0/instances/web/snapshots/s |",
          "PUT /1.0/instances/{instance}/snapshots/{snapshot} | /1.0/instances/web/snapshots/s |"
              + " {\"expires_at\":\"2099-01-01T00:00:00Z\"}",
          "POST /1.0/instances/{instance}/snapshots/{snapshot} | /1.0/instances/web/snapshots/s |"
              + " {\"name\":\"t\"}",
          "DELETE /1.0/instances/{instance}/snapshots/{snapshot} |"
              + " /1.0/instances/web/snapshots/t |",
          "POST /1.0/instances/{instance}/backups | /1.0/instances/web/backups | {}",
          "GET /1.0/instances/{instance}/backups | /1.0/instances/web/backups?recursion=1 |",
          "GET /1.0/instances/{instance}/backups/{backup} | /1.0/instances/web/backups/b |",
          "GET /1.0/instances/{instance}/backups/{backup}/export |"
              + " /1.0/instances/web/backups/b/export |",
          "DELETE /1.0/instances/{instance}/backups/{backup} | /1.0/instances/web/backups/b |",
          "POST /1.0/instances/{instance} | /1.0/instances/web | {\"name\":\"web2\"}",
          "DELETE /1.0/instances/{instance} | /1.0/instances/web2 |",
          "GET /1.0/operations | /1.0/operations?recursion=1 |",
          "GET /1.0/operations/{id} | OPERATION |",
          "GET /1.0/operations/{id}/wait | OPERATION/wait?timeout=1 |",
          "GET /1.0/operations/{id}/websocket | OPERATION/websocket?secret=x |",
          "DELETE /1.0/operations/{id} | OPERATION |");

  @Test
  void describesEveryAnswer() throws Exception {
    Map<String, String> values = new TreeMap<>();
    JsonNode environment = server.call("GET", "/1.0", "").json().at("/metadata/environment");
    values.put("FINGERPRINT", environment.get("certificate_fingerprint").asString());
    values.put(
        "CERTIFICATE",
        environment.get("certificate").asString().replaceAll("-----[A-Z ]+-----|\\s", ""));
    values.put(
        "RECIPE",
        server
            .call("GET", "/1.0/images/aliases/busybox", "")
            .json()
            .at("/metadata/target")
            .asString());
    Set<String> called = new TreeSet<>();
    for (String line : CALLS) {
      String[] parts = line.split("\\|", 3);
      String[] route = parts[0].trim().split(" ", 2);
      String target = parts[1].trim();
      String body = parts[2].trim();
      for (var value : values.entrySet()) {
        target = target.replace(value.getKey(), value.getValue());
        body = body.replace(value.getKey(), value.getValue());
      }
      called.add(route(route[0], route[1]));
      Response response = server.call(route[0], target, body);
      assertThat(response.status()).as(line + "\n" + response.text()).isNotEqualTo(500);
      requireFits(route[0], route[1], response, line);
      String operation =
          response.status() == 202 ? response.json().get("operation").asString() : "";
      if (!operation.isEmpty()) {
        values.put("OPERATION", operation);
        if (!body.contains("token")) {
          Response end = server.call("GET", operation + "/wait", "");
          requireFits("GET", "/1.0/operations/{id}/wait", end, line);
        }
      }
    }
    Set<String> all = new TreeSet<>();
    server.server.routes().forEach(one -> all.add(route(one.getKey(), one.getValue())));
    assertThat(called).isEqualTo(all);
  }

  private static void requireFits(String method, String path, Response response, String call) {
    JsonNode operation = document.get("paths").get(path).get(method.toLowerCase(Locale.ROOT));
    JsonNode responses = operation.get("responses");
    JsonNode one = responses.get(String.valueOf(response.status()));
    if (one == null) {
      assertThat(response.status()).as(call + "\n" + response.text()).isBetween(400, 599);
      one = responses.get("default");
    }
    if (one.has("$ref")) {
      one = document.at(one.get("$ref").asString().substring(1));
    }
    if (method.equals("HEAD")) {
      return;
    }
    String type = response.headers().getOrDefault("content-type", "").split(";", 2)[0];
    JsonNode content = one.get("content");
    JsonNode media = content == null ? null : content.get(type);
    assertThat(media).as(call + ": " + type + "\n" + response.text()).isNotNull();
    if (media != null && media.has("schema")) {
      ObjectNode schema = RunningServer.JSON.createObjectNode();
      schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
      schema.set("components", document.get("components"));
      schema.putArray("allOf").add(media.get("schema"));
      assertThat(SCHEMAS.getSchema(schema).validate(response.json()))
          .as(call + "\n" + response.text())
          .isEmpty();
    }
  }

  @Test
  void figuresAreInPrometheusText() throws Exception {
    Response metrics = server.call("GET", "/1.0/metrics", "");
    assertThat(metrics.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(metrics.text().lines())
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches("# (HELP|TYPE) \\w+ .+")
                    || line.matches("\\w+(\\{\\w+=\"[^\"]*\"(,\\w+=\"[^\"]*\")*})? -?[0-9.E+-]+"))
        .anyMatch(line -> line.startsWith("javisor_operations_begun_total "));
  }
}
