package org.javisor.host.scheduling;

import java.util.List;

/**
 * Shares out processors to the vCPUs that want one, for a slice of time: each goes to a vCPU of the
 * machine with the least virtual time (stride scheduling: Waldspurger and Weihl, 1995), charged
 * with what its threads have really used. So a machine gets processor time as its shares, however
 * many vCPUs it has; what one does not want, others get; and where there are processors for all,
 * nobody is held and nothing is owed.
 */
final class FairShare {
  /** Slices without want after which what was owed is forgotten; shorter lulls are noise. */
  private static final int LULL = 20;

  /** What a machine that wakes up, or wants little, is ahead of others: slices. */
  private static final int HEAD_START = 2;

  private final int processors;
  private final long slice;
  private int slicesWithoutWant = LULL;

  /** The least virtual time of those that wanted more than they got. */
  private double present;

  /**
   * Shares out so many processors.
   *
   * @param slice nanoseconds for which it is done
   */
  FairShare(int processors, long slice) {
    this.processors = processors;
    this.slice = slice;
  }

  /**
   * Shares them out for the next slice.
   *
   * @param elapsed nanoseconds since it was done the last time
   * @return whether it is to be done again after a slice; otherwise later will do
   */
  boolean share(List<Contender> contenders, long elapsed) {
    int demand = 0;
    boolean limited = false;
    for (Contender contender : contenders) {
      contender.look(elapsed, present);
      demand += contender.demand();
      limited |= contender.isLimited();
    }
    boolean scarce = demand > processors;
    slicesWithoutWant = scarce ? 0 : slicesWithoutWant + 1;
    if (scarce) {
      choose(contenders);
    } else {
      contenders.forEach(Contender::chooseAll);
      if (slicesWithoutWant >= LULL) {
        contenders.forEach(contender -> contender.setVirtualTime(0));
        present = 0;
      }
    }
    contenders.forEach(Contender::apply);
    return limited || slicesWithoutWant < LULL;
  }

  private void choose(List<Contender> contenders) {
    for (int i = 0; i < processors; i++) {
      Contender next = null;
      for (Contender contender : contenders) {
        if (contender.isUnserved()
            && (next == null || contender.virtualTimeAfter(slice) < next.virtualTimeAfter(slice))) {
          next = contender;
        }
      }
      if (next != null) {
        next.choose();
      }
    }
    forgetDebts(contenders);
  }

  /**
   * Of those that got all they wanted, nobody is owed the time before, in which he wanted less. Who
   * had only waited for his turn is not meant: others are ahead of him by up to one slice each, and
   * that is longer the fewer shares they have.
   */
  private void forgetDebts(List<Contender> contenders) {
    present = Double.POSITIVE_INFINITY;
    double oneTurnAgo = Double.POSITIVE_INFINITY;
    for (Contender contender : contenders) {
      if (contender.isUnserved()) {
        present = Math.min(present, contender.virtualTime());
        oneTurnAgo = Math.min(oneTurnAgo, contender.virtualTimeBefore(slice));
      }
    }
    for (Contender contender : contenders) {
      if (!contender.isUnserved()) {
        contender.forgetDebtsBefore(oneTurnAgo, HEAD_START * slice);
      }
    }
  }
}
