package org.javisor.network.tap;

import java.util.Optional;

/**
 * A tap device of the host.
 *
 * @param name of the interface; one that there is already has been made for this user, another one
 *     is there as long as the network is
 * @param bridge of the kernel that the interface becomes a part of; without one, it is left to the
 *     administrator what the interface is for
 */
public record TapConfiguration(String name, Optional<String> bridge) {
  /** Letters of the longest name of an interface (IFNAMSIZ, without the end). */
  public static final int LONGEST_NAME = 15;

  /** Checks the names. */
  public TapConfiguration {
    check(name);
    bridge.ifPresent(TapConfiguration::check);
  }

  /**
   * Reads {@code NAME}, or {@code NAME/BRIDGE}.
   *
   * @throws IllegalArgumentException if a name cannot be an interface's
   */
  public static TapConfiguration parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new TapConfiguration(text, Optional.empty())
        : new TapConfiguration(text.substring(0, slash), Optional.of(text.substring(slash + 1)));
  }

  private static void check(String name) {
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "the name of an interface has at most " + LONGEST_NAME + " letters, not " + name);
    }
    // The kernel takes more, but means something else by some of it: %d is the next free number.
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "not the name of an interface (letters, digits, '_', '.' and '-'): '" + name + "'");
    }
  }

  @Override
  public String toString() {
    return name + bridge.map(other -> "/" + other).orElse("");
  }
}
