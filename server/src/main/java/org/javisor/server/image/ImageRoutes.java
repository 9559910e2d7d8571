package org.javisor.server.image;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.javisor.host.Host;
import org.javisor.image.Image;
import org.javisor.image.ImageInfo;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;
import org.javisor.server.operation.OperationProgress;
import org.javisor.server.operation.Operations;
import org.jspecify.annotations.Nullable;

/**
 * {@code /1.0/images}. An image's fingerprint is the digest of its manifest; its aliases are its
 * names. The images that this host can make itself have aliases before they are here: they are
 * listed with the fingerprint of their recipe's name, and are made when an instance asks for them.
 */
public final class ImageRoutes {
  private static final String PATH = "/1.0/images";
  private static final List<String> OURS = List.of("busybox", "debian:trixie");

  private final Host host;
  private final Operations operations;

  /** Routes of this host's images. */
  public ImageRoutes(Host host, Operations operations) {
    this.host = host;
    this.operations = operations;
  }

  /** A name of an image. */
  public record Alias(String name, String description) {}

  /** Another form of it: what it points at. */
  public record AliasEntry(String name, String description, String target, String type) {}

  /** An image. */
  public record View(
      String fingerprint,
      String filename,
      long size,
      String architecture,
      String type,
      @com.fasterxml.jackson.annotation.JsonProperty("public") boolean isPublic,
      boolean cached,
      boolean autoUpdate,
      String project,
      Instant createdAt,
      Instant expiresAt,
      Instant lastUsedAt,
      Instant uploadedAt,
      Map<String, String> properties,
      List<Alias> aliases,
      List<String> profiles) {}

  /** {@code POST /1.0/images}. */
  public record Create(
      @Nullable Source source,
      @Nullable List<Alias> aliases,
      @Nullable Map<String, String> properties,
      @com.fasterxml.jackson.annotation.JsonProperty("public") boolean isPublic,
      boolean autoUpdate,
      @Nullable String filename,
      @Nullable String compressionAlgorithm,
      @Nullable String format,
      @Nullable Instant expiresAt,
      @Nullable List<String> profiles) {}

  /** Where an image comes from. */
  public record Source(
      @Nullable String type,
      @Nullable String alias,
      @Nullable String name,
      @Nullable String fingerprint,
      @Nullable String server,
      @Nullable String protocol,
      @Nullable String mode,
      @Nullable String certificate,
      @Nullable String secret,
      @Nullable String imageType,
      @Nullable String project,
      @Nullable String url,
      @Nullable List<String> packages) {}

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, this::list),
        Route.of("POST", PATH, this::create),
        Route.of("GET", PATH + "/aliases", this::aliases),
        Route.of("GET", PATH + "/aliases/{name}", this::alias),
        Route.of("GET", PATH + "/{fingerprint}", this::get),
        Route.of("DELETE", PATH + "/{fingerprint}", this::delete));
  }

  private List<ImageInfo> images() throws IOException {
    return host.images().list();
  }

  private Answer list(Call call) throws IOException {
    List<View> wanted = call.filter().of(images().stream().map(ImageRoutes::view).toList());
    return Answer.of(
        call.recursion() == 0
            ? wanted.stream().map(image -> PATH + "/" + image.fingerprint()).toList()
            : wanted);
  }

  private static View view(ImageInfo image) {
    List<Alias> aliases = new ArrayList<>();
    for (String name : names(image.name())) {
      aliases.add(new Alias(name, image.description()));
    }
    return new View(
        image.digest().hex(),
        image.name(),
        image.sizeOnDisk(),
        "riscv64",
        "virtual-machine",
        true,
        false,
        false,
        "default",
        image.created(),
        Instant.EPOCH,
        Instant.EPOCH,
        image.created(),
        Map.of(
            "description", image.description(), "os", os(image.name()), "architecture", "riscv64"),
        aliases,
        List.of("default"));
  }

  /** The whole name, and the one before the colon. */
  private static List<String> names(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? List.of(name) : List.of(name, name.substring(0, colon));
  }

  private static String os(String name) {
    return name.startsWith("busybox") ? "BusyBox" : "Debian";
  }

  /**
   * The name of an image.
   *
   * @param fingerprint the digest of its manifest or the beginning of it, or {@code alias:NAME} for
   *     one that is made when it is needed
   * @throws ApiException 404 if there is none
   */
  public String nameOf(String fingerprint) throws IOException {
    for (String ours : OURS) {
      if (fingerprint.equals(recipe(ours))) {
        return ours;
      }
    }
    return find(fingerprint).name();
  }

  private ImageInfo find(String fingerprint) throws IOException {
    List<ImageInfo> alike =
        images().stream().filter(image -> image.digest().hex().startsWith(fingerprint)).toList();
    if (alike.isEmpty() || fingerprint.length() < 4) {
      throw ApiException.notFound("there is no image " + fingerprint);
    }
    return alike.getFirst();
  }

  private static String recipe(String name) {
    return org.javisor.storage.store.Sha256.digestOf(
            name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .hex();
  }

  private Answer aliases(Call call) throws IOException {
    List<AliasEntry> all = new ArrayList<>();
    for (ImageInfo image : images()) {
      for (String name : names(image.name())) {
        all.add(new AliasEntry(name, image.description(), image.digest().hex(), "virtual-machine"));
      }
    }
    return Answer.of(
        call.recursion() == 0
            ? all.stream().map(alias -> PATH + "/aliases/" + alias.name()).toList()
            : all);
  }

  private Answer alias(Call call) throws IOException {
    String wanted = call.parameter("name");
    for (ImageInfo image : images()) {
      if (names(image.name()).contains(wanted)) {
        return Answer.of(
            new AliasEntry(wanted, image.description(), image.digest().hex(), "virtual-machine"));
      }
    }
    for (String ours : OURS) {
      if (names(ours).contains(wanted)) {
        return Answer.of(
            new AliasEntry(
                wanted, "made from the Debian archive when used", recipe(ours), "virtual-machine"));
      }
    }
    throw ApiException.notFound("there is no image " + wanted);
  }

  private Answer get(Call call) throws IOException {
    String wanted = call.parameter("fingerprint");
    for (String ours : OURS) {
      if (wanted.equals(recipe(ours))) {
        return Answer.of(
            view(
                new ImageInfo(
                    ours,
                    org.javisor.storage.store.Sha256.parse(wanted),
                    "made from the Debian archive when used",
                    Instant.EPOCH,
                    0,
                    0,
                    List.of())));
      }
    }
    View view = view(find(wanted));
    return Answer.of(view, org.javisor.server.http.Json.etag(view));
  }

  private Answer create(Call call) throws IOException {
    Create request = call.body(Create.class);
    Source source = request.source();
    if (source == null) {
      throw ApiException.badRequest("the source is missing: name an image of ours by its alias");
    }
    String name = Objects.requireNonNullElse(source.alias(), "");
    List<String> packages = Objects.requireNonNullElse(source.packages(), List.of());
    if (name.isEmpty()) {
      throw ApiException.badRequest("the source names no alias");
    }
    return new Answer.Background(
        operations.begin(
            "Downloading image",
            Map.of(),
            operation -> {
              OperationProgress progress = new OperationProgress(operation);
              Image made =
                  Host.explained(
                      () ->
                          packages.isEmpty()
                              ? host.images().pull(name, progress)
                              : host.images().build(name, packages, progress));
              operation.say("fingerprint", made.digest().hex());
            }));
  }

  private Answer delete(Call call) throws IOException {
    ImageInfo image = find(call.parameter("fingerprint"));
    return new Answer.Background(
        operations.begin(
            "Deleting image",
            Map.of("images", List.of(PATH + "/" + image.digest().hex())),
            operation ->
                Host.explained(
                    () -> {
                      host.images().remove(image.name());
                      return image;
                    })));
  }
}
