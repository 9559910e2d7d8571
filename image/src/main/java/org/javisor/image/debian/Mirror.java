package org.javisor.image.debian;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.javisor.image.ImageException;
import org.jspecify.annotations.Nullable;

/**
 * Where the Debian archive can be had: places to try, in order.
 *
 * @param candidates roots of archives, each with a closing slash; never empty
 * @param named whether a person named the place; then a failure there is theirs to see, whereas the
 *     host's own package sources may well hold archives that are not Debian's
 */
public record Mirror(List<URI> candidates, boolean named) {

  /** Keeps its own copy of the candidates. */
  public Mirror {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("a mirror needs at least one place");
    }
  }

  /** The environment variable that names a mirror. */
  public static final String VARIABLE = "JAVISOR_MIRROR";

  /**
   * The one place a person named.
   *
   * @throws ImageException if it is not a URI of the kinds http, https or file
   */
  public static Mirror named(String uri) throws ImageException {
    try {
      URI parsed = URI.create(uri.strip());
      String scheme = parsed.getScheme();
      if ("file".equals(scheme)
          || (("http".equals(scheme) || "https".equals(scheme)) && parsed.getHost() != null)) {
        return new Mirror(List.of(folder(parsed)), true);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the same answer.
    }
    throw new ImageException.InvalidRequest("not a mirror's http, https or file URI: " + uri);
  }

  /**
   * Looks for a mirror: what the person named, the environment, the configuration file, and last
   * the host's own package sources.
   *
   * @param explicit what {@code --mirror} says, or null
   * @param environment the process environment
   * @param aptFolder where the host's package manager is configured, usually {@code /etc/apt}
   * @throws ImageException.NoMirror if none of them names one
   */
  public static Mirror find(
      @Nullable String explicit, Map<String, String> environment, Path aptFolder)
      throws IOException {
    if (explicit != null) {
      return named(explicit);
    }
    String variable = environment.get(VARIABLE);
    if (variable != null && !variable.isBlank()) {
      return named(variable);
    }
    Path configuration = configurationFile(environment);
    String configured = configured(configuration);
    if (configured != null && !configured.isBlank()) {
      return named(configured);
    }
    List<URI> own = AptSources.read(aptFolder);
    if (own.isEmpty()) {
      throw new ImageException.NoMirror(configuration.toString(), List.of());
    }
    return new Mirror(own, false);
  }

  /** Where a person's settings are: {@code $XDG_CONFIG_HOME/javisor/config.properties}. */
  public static Path configurationFile(Map<String, String> environment) {
    String base = environment.get("XDG_CONFIG_HOME");
    if (base == null || base.isBlank()) {
      String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
      base = Path.of(home, ".config").toString();
    }
    return Path.of(base, "javisor", "config.properties");
  }

  private static @Nullable String configured(Path file) throws IOException {
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      settings.load(reader);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IllegalArgumentException e) {
      throw new ImageException.InvalidRequest(file + " cannot be read: " + e.getMessage());
    }
    return settings.getProperty("mirror");
  }

  /** The same place with a closing slash, so that paths resolve below it. */
  static URI folder(URI uri) {
    String text = uri.toString();
    return text.endsWith("/") ? uri : URI.create(text + "/");
  }
}
