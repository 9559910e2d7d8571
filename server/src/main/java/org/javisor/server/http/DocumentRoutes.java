package org.javisor.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/** {@code /1.0/openapi.yaml}: what the API is, in OpenAPI 3.1. */
public final class DocumentRoutes {
  private static final String FILE = "openapi.yaml";

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        new Route("GET", "/1.0/" + FILE, Route.Access.EVERYBODY, DocumentRoutes::document));
  }

  private static Answer document(Call call) throws IOException {
    try (InputStream file = DocumentRoutes.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException("the document is missing in this build");
      }
      return new Answer.Raw("application/yaml", Map.of(), file.readAllBytes());
    }
  }
}
