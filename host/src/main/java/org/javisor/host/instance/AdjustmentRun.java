package org.javisor.host.instance;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.javisor.host.Instance;
import org.javisor.host.agent.GuestAgent;
import org.javisor.host.snapshot.GuestAdjustment;
import org.javisor.host.snapshot.GuestAdjustment.TimePolicy;

/**
 * A {@link GuestAdjustment} being carried out in a guest that runs. One that cannot be told runs on
 * with the clock or the name it had.
 *
 * @param name of the instance, for the log
 * @param adjustment what has to be done
 * @param machine in which the guest runs
 */
record AdjustmentRun(String name, GuestAdjustment adjustment, Instance machine)
    implements GuestWork {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A clock that is off by more would take hours to be right; it is set. */
  static final Duration LONGEST_SLEW = Duration.ofMinutes(10);

  private static final int READINGS = 3;

  /** Waits until all is done; a slew then has begun. */
  @Override
  public void run(GuestAgent way) throws InterruptedException {
    new GuestScript(name + " was not adjusted", adjustment.script(), PATIENCE).run(way);
    if (adjustment.time() != TimePolicy.SLEW) {
      return;
    }
    try {
      Duration behind = behind(way);
      if (behind.abs().compareTo(LONGEST_SLEW) > 0) {
        way.setTime(Instant.now());
      } else {
        machine.slewClock(behind);
      }
    } catch (IOException e) {
      System.getLogger(AdjustmentRun.class.getName())
          .log(System.Logger.Level.WARNING, "the clock of {0}: {1}", name, e.getMessage());
    }
  }

  /**
   * How much the guest's wall clock is behind the host's. It was read somewhere between question
   * and answer: of several readings the fastest says most.
   */
  private static Duration behind(GuestAgent way) throws IOException, InterruptedException {
    Duration behind = Duration.ZERO;
    Duration fastest = Duration.ofSeconds(Long.MAX_VALUE);
    for (int i = 0; i < READINGS; i++) {
      Instant asked = Instant.now();
      Instant guest = way.time();
      Duration took = Duration.between(asked, Instant.now());
      if (took.compareTo(fastest) < 0) {
        fastest = took;
        behind = Duration.between(guest, asked.plus(took.dividedBy(2)));
      }
    }
    return behind;
  }
}
