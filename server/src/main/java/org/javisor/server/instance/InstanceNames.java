package org.javisor.server.instance;

import java.security.SecureRandom;
import java.util.List;
import java.util.function.Predicate;

/** Names for instances that were given none: two words. */
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
}
