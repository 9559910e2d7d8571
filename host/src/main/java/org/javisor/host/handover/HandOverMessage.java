package org.javisor.host.handover;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/** What the two processes say to each other. */
public sealed interface HandOverMessage extends SavedState
    permits MachineTransfer,
        HandOverMessage.Greeting,
        HandOverMessage.Ready,
        HandOverMessage.Complete,
        HandOverMessage.Prepared,
        HandOverMessage.Go,
        HandOverMessage.Refused {
  /**
   * The old process begins; no machine stands still yet.
   *
   * @param process its id
   * @param machines the names of the machines that are on
   * @param restarting the names of those that wait to be started again by their policy
   */
  @StateVersion(1)
  record Greeting(long process, List<String> machines, List<String> restarting)
      implements HandOverMessage {
    /** Copies the lists. */
    public Greeting {
      machines = List.copyOf(machines);
      restarting = List.copyOf(restarting);
    }
  }

  /**
   * The new process waits for machines.
   *
   * @param process its id
   */
  @StateVersion(1)
  record Ready(long process) implements HandOverMessage {}

  /**
   * There are no more machines.
   *
   * @param machines how many there were
   */
  @StateVersion(1)
  record Complete(int machines) implements HandOverMessage {}

  /**
   * All machines are built, and stand still.
   *
   * @param machines how many there are
   */
  @StateVersion(1)
  record Prepared(int machines) implements HandOverMessage {}

  /**
   * The machines are the new process's.
   *
   * @param machines how many there are
   */
  @StateVersion(1)
  record Go(int machines) implements HandOverMessage {}

  /**
   * The new process cannot go on with the machines.
   *
   * @param reason for people
   */
  @StateVersion(1)
  record Refused(String reason) implements HandOverMessage {}
}
