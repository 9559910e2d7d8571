package org.javisor.server.instance;

import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.javisor.server.http.ApiException;

/** Names for what was given none: of an instance two words, of what it has a number. */
final class InstanceNames {
  private static final List<String> FIRST =
      List.of(
          "brisk", "calm", "clear", "eager", "early", "fair", "fond", "glad", "keen", "kind",
          "lucky", "mild", "neat", "quick", "quiet", "ready", "sharp", "smart", "steady", "warm");
  private static final List<String> SECOND =
      List.of(
          "badger", "crane", "dove", "falcon", "finch", "gecko", "heron", "ibex", "lark", "lynx",
          "marten", "newt", "otter", "owl", "raven", "robin", "seal", "swift", "tern", "wren");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TRIES = 100;
  private static final int MAX_NUMBER = 100_000;

  private InstanceNames() {}

  /** A name that is not taken. */
  static String fresh(Predicate<String> taken) {
    for (int i = 0; i < TRIES; i++) {
      String name =
          FIRST.get(RANDOM.nextInt(FIRST.size())) + "-" + SECOND.get(RANDOM.nextInt(SECOND.size()));
      if (!taken.test(name)) {
        return name;
      }
    }
    return "machine-" + Long.toHexString(RANDOM.nextLong());
  }

  /**
   * The first of PREFIX0, PREFIX1, ... that is not taken.
   *
   * @param what the names are for, for a person
   * @throws ApiException 400 if all are
   */
  static String numbered(String prefix, String what, Set<String> taken) {
    for (int i = 0; i < MAX_NUMBER; i++) {
      if (!taken.contains(prefix + i)) {
        return prefix + i;
      }
    }
    throw ApiException.badRequest("the instance has too many " + what + ": give a name");
  }
}
