package org.javisor.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes, and the one that a request means. */
public final class RouteTable {
  private final List<Route> routes;
  private final List<String[]> segments;

  /** A table of these routes; of two that match, the one with fewer parameters goes first. */
  public RouteTable(List<Route> routes) {
    List<Route> sorted = new ArrayList<>(routes);
    sorted.sort(
        java.util.Comparator.comparingLong(
            route -> route.path().chars().filter(c -> c == '{').count()));
    this.routes = List.copyOf(sorted);
    segments = this.routes.stream().map(route -> route.path().split("/", -1)).toList();
  }

  /** All routes. */
  public List<Route> routes() {
    return routes;
  }

  /** A route and what stands in its path. */
  record Match(Route route, Map<String, String> parameters) {}

  /**
   * The route of a request.
   *
   * @param path as it came, percent-encoded
   * @throws ApiException 404 if there is none, 405 if there is one for other methods
   */
  Match match(String method, String path) {
    String[] wanted =
        (path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
            .split("/", -1);
    Set<String> methods = new TreeSet<>();
    for (int i = 0; i < routes.size(); i++) {
      Map<String, String> parameters = parameters(segments.get(i), wanted);
      if (parameters != null) {
        if (routes.get(i).method().equals(method)) {
          return new Match(routes.get(i), parameters);
        }
        methods.add(routes.get(i).method());
      }
    }
    if (methods.isEmpty()) {
      throw ApiException.notFound("there is nothing at this path");
    }
    throw new ApiException(405, "here the methods are " + String.join(", ", methods));
  }

  private static @Nullable Map<String, String> parameters(String[] route, String[] path) {
    if (route.length != path.length) {
      return null;
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < route.length; i++) {
      if (route[i].startsWith("{")) {
        if (path[i].isEmpty()) {
          return null;
        }
        parameters.put(route[i].substring(1, route[i].length() - 1), decoded(path[i]));
      } else if (!route[i].equals(path[i])) {
        return null;
      }
    }
    return parameters;
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("the path is not encoded as it has to be");
    }
  }
}
