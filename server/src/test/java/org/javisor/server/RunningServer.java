package org.javisor.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.KeptMachine;
import org.javisor.image.Progress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A host server in this process, in a folder of its own, with an instance {@code web} that is off
 * and whose kernel is none. Requests are written byte by byte, so that they can be wrong.
 */
final class RunningServer implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  final Path folder;
  final HostServer server;

  RunningServer(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    DataFolder data = DataFolder.open(folder);
    Path machine = Files.createDirectories(data.machines().resolve("web"));
    Path file = Files.writeString(folder.resolve("a".repeat(64)), "no kernel");
    new KeptMachine("test", file, file, Optional.empty(), "", 64L << 20, 0).write(machine);
    Map<String, String> environment = Map.of("JAVISOR_APT", folder.resolve("none").toString());
    server =
        HostServer.start(
            data,
            new Host(data, environment, Optional.of("http://127.0.0.1:9/"), Progress.NONE),
            new HostServer.Settings(
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                "test",
                "0"));
  }

  /** An answer: status, headers with small names, body. */
  @SuppressWarnings("ArrayRecordComponent")
  record Response(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  Response call(String method, String target, String body) throws IOException {
    return call(method, target, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  Response call(String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(HostServer.socket(folder));
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(address);
      return call(
          Channels.newInputStream(channel),
          Channels.newOutputStream(channel),
          method,
          target,
          headers,
          body);
    }
  }

  static Response call(
      InputStream in,
      OutputStream out,
      String method,
      String target,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!headers.containsKey("Connection")) {
      head.append("Connection: close\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    try {
      out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
    } catch (IOException e) {
      // The server may refuse before it has read all; what it says is read all the same.
      if (body.length == 0) {
        throw e;
      }
    }
    return read(in);
  }

  private static Response read(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 ")) {
      throw new IOException("no answer: '" + status + "'");
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    int code = Integer.parseInt(status.substring(9, 12));
    String length = headers.get("content-length");
    byte[] body =
        code == 101
            ? new byte[0]
            : length != null ? in.readNBytes(Integer.parseInt(length)) : in.readAllBytes();
    return new Response(code, headers, body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    server.close();
  }
}
