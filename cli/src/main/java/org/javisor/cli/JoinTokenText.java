package org.javisor.cli;

import java.util.Base64;
import org.javisor.cli.client.HostClient;
import tools.jackson.databind.JsonNode;

/** A join token as people pass it on, in the form that the incus client takes. */
final class JoinTokenText {
  private JoinTokenText() {}

  /** The text of a token from what its operation says. */
  static String of(String name, JsonNode said) {
    byte[] json =
        HostClient.JSON.writeValueAsBytes(
            HostClient.object(
                "client_name", name,
                "fingerprint", said.path("fingerprint"),
                "addresses", said.path("addresses"),
                "secret", said.path("secret"),
                "expires_at", said.path("expiresAt")));
    return Base64.getEncoder().encodeToString(json);
  }
}
