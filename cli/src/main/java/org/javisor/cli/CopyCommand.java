package org.javisor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor cp}. */
@Command(
    name = "cp",
    description = {
      "Copy files and folders between this host and a running instance. Files get the permissions"
          + " of what they are copied from."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor cp site.conf web:/etc/nginx/conf.d/",
      "  javisor cp web:/var/log/syslog .",
      "  javisor cp -- folder web:/srv"
    })
final class CopyCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Parameters(index = "0", paramLabel = "FROM", description = "A path here, or INSTANCE:PATH.")
  String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "A path here, or INSTANCE:PATH.")
  String to = "";

  /** A file of an instance. */
  private record GuestPath(String instance, String path) {
    static @Nullable GuestPath parse(String text) {
      int colon = text.indexOf(':');
      return colon < 1 || text.substring(0, colon).contains("/")
          ? null
          : new GuestPath(text.substring(0, colon), text.substring(colon + 1));
    }

    GuestPath child(String name) {
      return new GuestPath(instance, path.endsWith("/") ? path + name : path + "/" + name);
    }

    String url() {
      return "/1.0/instances/"
          + HostClient.encoded(instance)
          + "/files?path="
          + HostClient.encoded(path);
    }
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    GuestPath source = GuestPath.parse(from);
    GuestPath target = GuestPath.parse(to);
    if ((source == null) == (target == null)) {
      throw ProblemException.badInput(
          "one of both has to be a file of an instance", "write it like web:/etc/hosts");
    }
    try (HostClient client = HostCommand.process().connect()) {
      if (source != null) {
        Path here = Path.of(to);
        pull(client, source, Files.isDirectory(here) ? here.resolve(last(source.path())) : here);
      } else if (target != null) {
        Path here = Path.of(from);
        if (!Files.exists(here)) {
          throw ProblemException.badInput("there is no file " + here, "name one to copy");
        }
        boolean folder = target.path().endsWith("/") || isFolder(client, target);
        push(client, here, folder ? target.child(last(here.toAbsolutePath().toString())) : target);
      }
    }
    return ExitCode.DONE;
  }

  private static String last(String path) {
    String trimmed = path.replaceAll("/+$", "");
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  private static boolean isFolder(HostClient client, GuestPath path) throws InterruptedException {
    return client
        .headers(path.url())
        .map(headers -> "directory".equals(headers.get("X-Incus-type")))
        .orElse(false);
  }

  private static void pull(HostClient client, GuestPath source, Path target)
      throws InterruptedException, IOException {
    Map<String, String> status =
        client
            .headers(source.url())
            .orElseThrow(
                () ->
                    ProblemException.badInput(
                        source.instance() + " has no file " + source.path(), "name one to copy"));
    switch (status.getOrDefault("X-Incus-type", "file")) {
      case "directory" -> {
        Files.createDirectories(target);
        for (JsonNode name : client.get(source.url())) {
          String child = name.asString();
          if (child.contains("/") || child.equals("..") || child.equals(".")) {
            throw ProblemException.failed("the guest lists a file '" + child + "'", "", null);
          }
          pull(client, source.child(child), target.resolve(child));
        }
      }
      case "symlink" -> {
        Files.deleteIfExists(target);
        Files.createSymbolicLink(
            target,
            Path.of(new String(client.bytes(source.url()), java.nio.charset.StandardCharsets.UTF_8)));
      }
      case "file" -> {
        Path fresh = target.resolveSibling("." + target.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(fresh)) {
          client.download(source.url(), out);
        } catch (IOException | RuntimeException e) {
          Files.deleteIfExists(fresh);
          throw e;
        }
        setMode(fresh, status.getOrDefault("X-Incus-mode", "0644"));
        Files.move(fresh, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      default -> Words.say(source.path() + " is no file or folder and was left out");
    }
  }

  private static void setMode(Path file, String octal) throws IOException {
    int mode = Integer.parseInt(octal, 8);
    Set<PosixFilePermission> permissions =
        java.util.EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & (0400 >> i)) != 0) {
        permissions.add(all[i]);
      }
    }
    Files.setPosixFilePermissions(file, permissions);
  }

  private static String mode(Path file) throws IOException {
    int mode = 0;
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    for (int i = 0; i < all.length; i++) {
      mode |= permissions.contains(all[i]) ? 0400 >> i : 0;
    }
    return String.format(Locale.ROOT, "%04o", mode);
  }

  private static void push(HostClient client, Path source, GuestPath target)
      throws InterruptedException, IOException {
    Map<String, String> headers = new TreeMap<>();
    if (Files.isSymbolicLink(source)) {
      headers.put("X-Incus-type", "symlink");
      byte[] link =
          Files.readSymbolicLink(source).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      client.upload(target.url(), headers, new java.io.ByteArrayInputStream(link));
      return;
    }
    headers.put("X-Incus-mode", mode(source));
    if (Files.isDirectory(source)) {
      headers.put("X-Incus-type", "directory");
      client.upload(target.url(), headers, InputStream.nullInputStream());
      try (DirectoryStream<Path> children = Files.newDirectoryStream(source)) {
        for (Path child : children) {
          push(client, child, target.child(String.valueOf(child.getFileName())));
        }
      }
      return;
    }
    headers.put("X-Incus-type", "file");
    try (InputStream in = Files.newInputStream(source)) {
      client.upload(target.url(), headers, in);
    }
  }
}
