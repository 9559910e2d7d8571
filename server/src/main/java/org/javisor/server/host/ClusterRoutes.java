package org.javisor.server.host;

import java.util.List;
import java.util.Map;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.Route;

/** {@code /1.0/cluster}: this host is by itself, and says so. */
public final class ClusterRoutes {
  private static final String PATH = "/1.0/cluster";

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.of(
            "GET",
            PATH,
            call ->
                Answer.of(Map.of("server_name", "", "enabled", false, "member_config", List.of()))),
        Route.of("GET", PATH + "/members", ClusterRoutes::refuse));
  }

  private static Answer refuse(Call call) {
    throw ApiException.badRequest("this host is not part of a cluster");
  }
}
