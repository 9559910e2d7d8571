package org.javisor.host.instance;

import java.util.List;
import java.util.Map;
import org.javisor.host.ProblemException;

/**
 * Configuration and devices that instances share.
 *
 * @param name what instances call it
 * @param description for people
 * @param config as that of an instance
 * @param devices as those of an instance
 */
public record Profile(
    String name,
    String description,
    Map<String, String> config,
    Map<String, Map<String, String>> devices) {
  /** What an instance has if nobody says otherwise. */
  public static final String DEFAULT = "default";

  private static final Profile STANDARD =
      new Profile(
          DEFAULT,
          "A root disk and a card in the default network",
          Map.of(),
          Map.of(
              "root", Map.of("type", "disk", "path", "/", "pool", "default"),
              "eth0", Map.of("type", "nic", "name", "eth0", "network", "default")));

  /** All there are. */
  public static List<Profile> all() {
    return List.of(STANDARD);
  }

  /**
   * The profile of this name.
   *
   * @throws ProblemException if there is none
   */
  public static Profile named(String name) {
    if (!name.equals(DEFAULT)) {
      throw ProblemException.badInput(
          "there is no profile " + name, "this host has the profile " + DEFAULT);
    }
    return STANDARD;
  }
}
