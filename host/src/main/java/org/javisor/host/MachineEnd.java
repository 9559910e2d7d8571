package org.javisor.host;

import java.util.List;
import org.javisor.machine.StopReason;

/**
 * How a machine ended, for whoever sat in front of it.
 *
 * @param kind whose doing it was
 * @param words for a sentence about the machine: "was switched off"
 * @param ready whether the guest had begun with its command
 * @param lastLines the last lines of its console
 */
public record MachineEnd(Kind kind, String words, boolean ready, List<String> lastLines) {
  /** Whose doing the end was. */
  public enum Kind {
    /** The guest's, in good order. */
    POWERED_OFF,
    /** The host's. */
    KILLED,
    /** Nobody's: something failed. */
    FAILED
  }

  /** Takes a copy of the lines. */
  public MachineEnd {
    lastLines = List.copyOf(lastLines);
  }

  /** The end of a machine that has stopped. */
  public static MachineEnd of(StopReason reason, boolean ready, List<String> lastLines) {
    return switch (reason) {
      case StopReason.PoweredOff off ->
          new MachineEnd(Kind.POWERED_OFF, "was switched off", ready, lastLines);
      case StopReason.GuestFailed failed ->
          new MachineEnd(
              Kind.FAILED, "switched itself off and said that it had failed", ready, lastLines);
      case StopReason.GuestReset reset ->
          new MachineEnd(Kind.FAILED, "restarted", ready, lastLines);
      case StopReason.Killed killed -> new MachineEnd(Kind.KILLED, "was ended", ready, lastLines);
      case StopReason.MonitorFailed failed ->
          new MachineEnd(
              Kind.FAILED, "failed by a bug in javisor: " + failed.cause(), ready, lastLines);
    };
  }
}
