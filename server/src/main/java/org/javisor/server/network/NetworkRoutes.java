package org.javisor.server.network;

import java.util.List;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Route;

/** {@code /1.0/networks}: the networks of this host. */
public final class NetworkRoutes {
  private static final String PATH = "/1.0/networks";

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, call -> Answer.of(List.of())),
        Route.of(
            "GET",
            PATH + "/{name}",
            call -> {
              throw ApiException.notFound("there is no network " + call.parameter("name"));
            }));
  }
}
