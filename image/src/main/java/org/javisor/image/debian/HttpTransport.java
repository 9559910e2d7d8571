package org.javisor.image.debian;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fetches by HTTP, through the proxies the environment names, and from {@code file:} URIs. */
final class HttpTransport implements Transport, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final HttpClient client;

  HttpTransport(Map<String, String> environment) {
    ProxySelector proxies = new EnvironmentProxies(environment);
    client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .proxy(proxies)
            .build();
  }

  @Override
  public Transfer open(URI file, long offset) throws IOException, InterruptedException {
    if ("file".equals(file.getScheme())) {
      return openFile(Path.of(file), offset);
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(file).timeout(PATIENCE);
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    int status = response.statusCode();
    if (status == 200) {
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      return new Transfer(new StallGuard(response.body(), PATIENCE), 0, length);
    }
    if (status == 206) {
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
      if (range.matches()) {
        long length = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
        return new Transfer(
            new StallGuard(response.body(), PATIENCE), Long.parseLong(range.group(1)), length);
      }
    }
    response.body().close();
    if (status == 416) {
      // What is here already is no prefix of what is there now.
      return open(file, 0);
    }
    if (status == 404 || status == 403 || status == 410) {
      throw new Absent("the server answers " + status);
    }
    throw new IOException("the server answers " + status);
  }

  private static Transfer openFile(Path path, long offset) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new Absent("there is no such file");
    }
    long length = Files.size(path);
    FileInputStream body = new FileInputStream(path.toFile());
    long start = Math.min(offset, length);
    body.skipNBytes(start);
    return new Transfer(body, start, length);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
