package org.javisor.migration.protocol;

import java.util.List;
import java.util.stream.Collectors;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Why a host cannot have a machine.
 *
 * @param kind what is in the way
 * @param detail for people: what it is, and what to do about it
 */
@StateVersion(1)
public record Obstacle(Kind kind, String detail) implements SavedState {
  /** What can be in the way of a machine. */
  public enum Kind {
    /** Its name is another one's there. */
    NAME,
    /** Its processors, memory or a limit of the host's. */
    ADMISSION,
    /** Its network is not there, or its address is another one's. */
    NETWORK,
    /** There is no room for its disks or files. */
    ROOM,
    /** Its configuration or hardware is of a version that the target does not know. */
    VERSION,
    /** It has what cannot be moved yet. */
    UNSUPPORTED
  }

  /** Several of them in words. */
  public static String words(List<Obstacle> obstacles) {
    return obstacles.stream().map(Obstacle::detail).collect(Collectors.joining("; "));
  }
}
