package org.javisor.server.instance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.javisor.host.agent.FileStatus;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.agent.GuestFiles;
import org.javisor.host.instance.InstanceStore;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;

/**
 * {@code /1.0/instances/NAME/files?path=PATH}: files of a running guest, by its agent. What is
 * known of a file goes in headers: {@code X-Incus-type} (file, directory or symlink), {@code -uid},
 * {@code -gid}, {@code -mode} (octal).
 */
public final class FileRoutes {
  private static final String PATH = "/1.0/instances/{name}/files";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int UNCHANGED = -1;
  private static final int PERMISSIONS = 07777;
  private static final int DEFAULT_FOLDER_MODE = 0755;
  private static final int MAX_LINK = 4096;

  private final InstanceStore instances;

  /** Routes of these instances' files. */
  public FileRoutes(InstanceStore instances) {
    this.instances = instances;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::read),
        Route.of("HEAD", PATH, this::status),
        Route.of("POST", PATH, this::write),
        Route.of("DELETE", PATH, this::delete));
  }

  private GuestFiles files(Call call) throws InterruptedException {
    GuestAgent agent = instances.get(call.parameter("name")).requireAgent();
    if (!agent.await(PATIENCE)) {
      throw new ApiException(409, "no agent in the guest answers: has it booted?");
    }
    return agent.files();
  }

  private static String path(Call call) {
    String path = call.query("path");
    if (path.isEmpty() || path.indexOf(0) >= 0) {
      throw ApiException.badRequest("path names a file of the guest");
    }
    return path.startsWith("/") ? path : "/" + path;
  }

  private static Map<String, String> headers(FileStatus status) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("X-Incus-type", word(status.type()));
    headers.put("X-Incus-uid", String.valueOf(status.uid()));
    headers.put("X-Incus-gid", String.valueOf(status.gid()));
    headers.put("X-Incus-mode", String.format(Locale.ROOT, "%04o", status.mode() & PERMISSIONS));
    headers.put("X-Incus-size", String.valueOf(status.size()));
    return headers;
  }

  private static String word(FileStatus.Type type) {
    return switch (type) {
      case REGULAR -> "file";
      case DIRECTORY -> "directory";
      case SYMBOLIC_LINK -> "symlink";
      case CHARACTER_DEVICE, BLOCK_DEVICE, PIPE, SOCKET -> "special";
    };
  }

  private Answer status(Call call) throws IOException, InterruptedException {
    return new Answer.Raw(
        "application/octet-stream", headers(files(call).stat(path(call))), new byte[0]);
  }

  private Answer read(Call call) throws IOException, InterruptedException {
    GuestFiles files = files(call);
    String path = path(call);
    call.waits();
    FileStatus status = files.stat(path);
    return switch (status.type()) {
      case DIRECTORY ->
          new Answer.Listing(
              files.list(path).stream().map(FileStatus::name).sorted().toList(), headers(status));
      case SYMBOLIC_LINK ->
          new Answer.Raw(
              "application/octet-stream",
              headers(status),
              files.readLink(path).getBytes(StandardCharsets.UTF_8));
      case REGULAR ->
          new Answer.Stream(
              "application/octet-stream", headers(status), target -> files.read(path, target));
      case CHARACTER_DEVICE, BLOCK_DEVICE, PIPE, SOCKET ->
          throw ApiException.badRequest(path + " is no file that can be read");
    };
  }

  private Answer write(Call call) throws IOException, InterruptedException {
    GuestFiles files = files(call);
    String path = path(call);
    int mode = number(call, "X-Incus-mode", 8);
    int uid = number(call, "X-Incus-uid", 10);
    int gid = number(call, "X-Incus-gid", 10);
    try (InputStream body = call.body()) {
      switch (call.header("X-Incus-type").orElse("file")) {
        case "directory" ->
            files.makeDirectory(path, mode < 0 ? DEFAULT_FOLDER_MODE : mode, uid, gid);
        case "symlink" ->
            files.makeLink(path, new String(body.readNBytes(MAX_LINK), StandardCharsets.UTF_8));
        case "file" -> {
          if (call.header("X-Incus-write").orElse("overwrite").equals("append")) {
            files.append(path, body);
          } else {
            files.write(path, body, mode, uid, gid);
          }
        }
        default -> throw ApiException.badRequest("X-Incus-type is file, directory or symlink");
      }
    }
    return Answer.done();
  }

  private static int number(Call call, String header, int radix) {
    String text = call.header(header).orElse("");
    if (text.isEmpty()) {
      return UNCHANGED;
    }
    try {
      return Integer.parseUnsignedInt(text, radix) & Integer.MAX_VALUE;
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(header + " is not a number");
    }
  }

  private Answer delete(Call call) throws IOException, InterruptedException {
    GuestFiles files = files(call);
    if (call.header("X-Incus-force").isPresent()) {
      files.removeAll(path(call));
    } else {
      files.remove(path(call));
    }
    return Answer.done();
  }
}
