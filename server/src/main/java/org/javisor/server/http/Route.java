package org.javisor.server.http;

/**
 * A route of the API.
 *
 * @param method the HTTP method
 * @param path with names in braces for what varies, such as {@code /1.0/instances/{name}}
 * @param access who may call it
 * @param action what it does
 */
public record Route(String method, String path, Access access, Action action) {
  /** Who may call a route. */
  public enum Access {
    /** Anybody who can connect. */
    EVERYBODY,
    /** Who came over the Unix socket or has a certificate that is trusted. */
    TRUSTED
  }

  /** What a route does. */
  @FunctionalInterface
  public interface Action {
    /** Does it, on a thread of the call's own. */
    Answer call(Call call) throws Exception;
  }

  /** A route for those who are trusted. */
  public static Route of(String method, String path, Action action) {
    return new Route(method, path, Access.TRUSTED, action);
  }
}
