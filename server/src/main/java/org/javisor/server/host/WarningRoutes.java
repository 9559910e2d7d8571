package org.javisor.server.host;

import java.util.List;
import org.javisor.server.http.Answer;
import org.javisor.server.http.Route;

/** {@code /1.0/warnings}: this host keeps none; what goes wrong is said where it is asked for. */
public final class WarningRoutes {
  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("GET", "/1.0/warnings", call -> Answer.of(List.of())));
  }
}
