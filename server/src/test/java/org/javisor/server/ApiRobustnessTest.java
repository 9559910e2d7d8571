package org.javisor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javisor.server.RunningServer.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Whatever is sent, the server says what is wrong with it, goes on, and has changed nothing. */
class ApiRobustnessTest {
  private static final int CASES = Integer.getInteger("javisor.fuzz.cases", 1500);

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

  private static void requireError(int status, Response response) {
    assertThat(response.status()).as(response.text()).isEqualTo(status);
    assertThat(response.json().get("type").asString()).isEqualTo("error");
    assertThat(response.json().get("error_code").asInt()).isEqualTo(status);
    assertThat(response.json().get("error").asString()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\": 1}",
        "{\"action\": null}",
        "{\"action\": \"explode\"}",
        "{\"unknown\": 1}",
        "{\"timeout\": \"12\", \"action\": \"start\"}",
        "{\"timeout\": 99999999999, \"action\": \"start\"}",
        "{\"force\": 1, \"action\": \"stop\"}",
        "[]",
        "null",
        "7",
        "{",
        "{} {}",
        "{\"action\": \"\\ud800\"}",
      })
  void refusesBodiesThatCannotBeMeant(String body) throws Exception {
    requireError(400, server.call("PUT", "/1.0/instances/web/state", body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /1.0/instances/web/exec | {\"command\":[null]}",
        "POST | /1.0/instances/web/exec | {\"command\":[\"id\"],\"environment\":{\"A\":null}}",
        "POST | /1.0/instances | {\"name\":\"x\",\"profiles\":[null]}",
        "PATCH | /1.0/instances/web | {\"config\":{\"limits.cpu\":null}}",
        "PATCH | /1.0/instances/web | {\"devices\":{\"eth0\":null}}",
        "PATCH | /1.0/instances/web | {\"devices\":{\"eth0\":{\"type\":null}}}",
      })
  void refusesNullsInLists(String method, String target, String body) throws Exception {
    requireError(400, server.call(method, target, body));
  }

  @Test
  void refusesInvalidUtf8() throws Exception {
    byte[] body = "{\"description\": \"?\"}".getBytes(StandardCharsets.UTF_8);
    body[17] = (byte) 0xc0;
    requireError(400, server.call("PATCH", "/1.0/instances/web", Map.of(), body));
  }

  @Test
  void refusesDeepNesting() throws Exception {
    String deep = "[".repeat(100_000);
    requireError(400, server.call("PATCH", "/1.0/instances/web", deep));
    requireError(
        400,
        server.call("POST", "/1.0/instances/web", "{\"target\":" + "{\"a\":".repeat(1000) + "}"));
  }

  @Test
  void refusesLongBodiesBeforeReadingThem() throws Exception {
    byte[] body = new byte[(1 << 20) + 1];
    requireError(413, server.call("PATCH", "/1.0/instances/web", Map.of(), body));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /1.0/instances/..%2f..%2fetc, 404",
    "GET, /1.0/instances/%2e%2e%2fweb/state, 404",
    "DELETE, /1.0/instances/..%2fweb, 404",
    "GET, /1.0/instances/we%00b, 400",
    "GET, /1.0/instances/%c0%ae, 400",
    "GET, /1.0/instances/%zz, 400",
    "GET, /1.0/nothing, 404",
    "GET, /2.0, 404",
    "GET, /1.0//instances, 400",
    "BREW, /1.0, 405",
    "POST, /1.0, 405",
    "DELETE, /1.0/instances, 405",
    "PUT, /1.0/images, 405",
    "GET, /1.0/instances?project=other, 404",
    "GET, /1.0/instances?recursion=7, 400",
    "GET, /1.0/instances?filter=name, 400",
    "GET, /1.0/events, 400",
    "GET, /1.0/events?type=gossip, 400",
    "GET, /1.0/operations/nothing, 404",
    "GET, /1.0/operations/nothing/websocket?secret=x, 404",
    "GET, /1.0/operations/nothing/wait?timeout=soon, 404",
  })
  void refusesRequestsThatMeanNothing(String method, String target, int status) throws Exception {
    requireError(status, server.call(method, target, ""));
  }

  @Test
  void refusesNamesThatAreNone() throws Exception {
    for (String name :
        List.of("..", "../x", "a/b", "", " ", "a".repeat(300), "-x", "x\\u0000y", "ä", ".hidden")) {
      if (!name.isEmpty()) {
        String body =
            "{\"name\":\"" + name + "\",\"source\":{\"type\":\"image\",\"alias\":\"none\"}}";
        requireError(400, server.call("POST", "/1.0/instances", body));
      }
      requireError(400, server.call("POST", "/1.0/instances/web", "{\"name\":\"" + name + "\"}"));
    }
  }

  /** Everything on disk of the instance, to see that nothing has changed. */
  private static Map<Path, String> kept() throws IOException {
    Path machine = folder.resolve("machines").resolve("web");
    try (Stream<Path> files = Files.walk(folder.resolve("machines"))) {
      assertThat(machine).exists();
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("lock"))
          .collect(Collectors.toMap(file -> file, ApiRobustnessTest::content));
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void saysWhatIsWrongWithRandomRequests() throws Exception {
    long seed = Long.getLong("javisor.fuzz.seed", 4);
    System.out.println("ApiRobustnessTest: -Djavisor.fuzz.seed=" + seed);
    Random random = new Random(seed);
    List<String[]> routes = new ArrayList<>();
    server.server.routes().forEach(one -> routes.add(new String[] {one.getKey(), one.getValue()}));
    List<JsonNode> forms = new ArrayList<>();
    document.get("components").get("schemas").properties().forEach(e -> forms.add(e.getValue()));
    Map<Path, String> before = kept();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      String[] route = routes.get(random.nextInt(routes.size()));
      String target = target(route[1], random);
      byte[] body = random.nextInt(3) == 0 ? new byte[0] : body(route, forms, random);
      Response response = server.call(route[0], target, headers(random), body);
      String what =
          i + ": " + route[0] + " " + target + "\n" + new String(body, StandardCharsets.UTF_8);
      if (response.status() == 500) {
        failures.add(what + "\n" + response.text());
      } else if (response.status() >= 400 && !route[0].equals("HEAD")) {
        assertThat(response.json().at("/error").asString()).as(what).isNotBlank();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(server.call("GET", "/1.0", "").status()).isEqualTo(200);
    assertThat(kept().keySet()).containsAll(before.keySet());
  }

  private static final List<String> HOSTILE =
      List.of(
          "..",
          "%2e%2e%2f%2e%2e",
          "%00",
          "%ff%fe",
          "a".repeat(3000),
          "%F0%9F%92%A9",
          "none",
          "-1",
          "%25s%25n",
          "%22%3b",
          "nul",
          "%5c",
          "0".repeat(64),
          "*",
          "~");

  private static String target(String path, Random random) {
    StringBuilder target = new StringBuilder();
    for (String part : path.substring(1).split("/", -1)) {
      target.append('/');
      if (!part.startsWith("{")) {
        target.append(part);
      } else {
        // The instance is there, so that bodies are looked at; nothing of it may be removed.
        target.append(
            part.equals("{name}") && random.nextBoolean() && path.contains("instances/{name}/")
                ? "web"
                : HOSTILE.get(random.nextInt(HOSTILE.size())));
      }
    }
    if (path.endsWith("/wait")) {
      return target + "?timeout=0";
    }
    return switch (random.nextInt(6)) {
      case 0 -> target + "?recursion=" + random.nextInt(4);
      case 1 -> target + "?filter=" + HOSTILE.get(random.nextInt(HOSTILE.size()));
      case 2 -> target + "?path=" + HOSTILE.get(random.nextInt(HOSTILE.size()));
      case 3 -> target + "?secret=%ff&type=%00&timeout=x";
      default -> target.toString();
    };
  }

  private static Map<String, String> headers(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> Map.of("Content-Type", "multipart/form-data");
      case 1 -> Map.of("Content-Type", "text/\u00e4; charset=\"");
      case 2 -> Map.of("If-Match", "x\"y");
      case 3 -> Map.of("Content-Encoding", "gzip");
      case 4 -> Map.of("Range", "bytes=9-1", "X-Incus-mode", "99", "X-Incus-uid", "-");
      default -> Map.of("Content-Type", "application/json");
    };
  }

  private static byte[] body(String[] route, List<JsonNode> forms, Random random) {
    JsonNode form = forms.get(random.nextInt(forms.size()));
    JsonNode documented =
        document.get("paths").properties().stream()
            .filter(
                e ->
                    e.getKey()
                        .replaceAll("\\{\\w+}", "{}")
                        .equals(route[1].replaceAll("\\{\\w+}", "{}")))
            .map(
                e ->
                    e.getValue()
                        .at(
                            "/"
                                + route[0].toLowerCase(Locale.ROOT)
                                + "/requestBody/content/application~1json/schema/$ref"))
            .filter(ref -> ref.isString())
            .findFirst()
            .orElse(null);
    if (documented != null && random.nextInt(5) > 0) {
      form = document.at(documented.asString().substring(1));
    }
    String text = value(form, random, 0);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(8) == 0 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** JSON that nearly is of a form. */
  private static String value(JsonNode form, Random random, int depth) {
    if (depth > 6 || random.nextInt(12) == 0) {
      return anything(random);
    }
    if (form.has("$ref")) {
      return value(document.at(form.get("$ref").asString().substring(1)), random, depth + 1);
    }
    if (form.has("anyOf")) {
      return value(form.get("anyOf").get(0), random, depth + 1);
    }
    JsonNode type = form.get("type");
    String name =
        type == null ? "object" : type.isArray() ? type.get(0).asString() : type.asString();
    return switch (name) {
      case "integer" -> String.valueOf(random.nextInt(5) - 1);
      case "boolean" -> String.valueOf(random.nextBoolean());
      case "string" -> text(random);
      case "array" -> "[" + value(form.path("items"), random, depth + 1) + "]";
      default -> {
        List<String> fields = new ArrayList<>();
        form.path("properties")
            .properties()
            .forEach(
                field -> {
                  if (random.nextInt(3) > 0) {
                    fields.add(
                        "\"" + field.getKey() + "\":" + value(field.getValue(), random, depth + 1));
                  }
                });
        if (form.path("additionalProperties").isObject()) {
          fields.add(
              text(random) + ":" + value(form.get("additionalProperties"), random, depth + 1));
        }
        yield "{" + String.join(",", fields) + "}";
      }
    };
  }

  private static String text(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> "\"limits.cpu\"";
      case 1 -> "\"image\"";
      case 2 -> "\"../..\"";
      case 3 -> "\"\\u0000\"";
      case 4 -> "\"" + "x".repeat(random.nextInt(5000)) + "\"";
      case 5 -> "\"99999999999999999999\"";
      case 6 -> "\"none\"";
      case 7 -> "\"disk\"";
      default -> "\"\"";
    };
  }

  private static String anything(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> "null";
      case 1 -> "-9223372036854775809";
      case 2 -> "1e999";
      case 3 -> "[[[[]]]]";
      case 4 -> "{\"\":{}}";
      case 5 -> "\"\\ud83d\"";
      case 6 -> "true";
      case 7 -> "[null]";
      default -> "";
    };
  }

  @Test
  void keepsServingWhileOthersAreSlow() throws Exception {
    List<java.nio.channels.SocketChannel> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        var channel = java.nio.channels.SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        slow.add(channel);
        channel.connect(java.net.UnixDomainSocketAddress.of(HostServer.socket(folder)));
        String head =
            "PATCH /1.0/instances/web HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
        channel.write(java.nio.ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      }
      assertThat(server.call("GET", "/1.0", "").status()).isEqualTo(200);
    } finally {
      for (var channel : slow) {
        channel.close();
      }
    }
  }

  @Test
  void refusesHeadersWithoutEnd() throws Exception {
    Response response =
        server.call("GET", "/1.0", Map.of("X-Long", "x".repeat(100_000)), new byte[0]);
    assertThat(response.status()).isEqualTo(431);
  }
}
