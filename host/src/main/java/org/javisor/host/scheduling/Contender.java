package org.javisor.host.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A machine in the books of {@link FairShare}. Its virtual time is the processor time it has had,
 * divided by its shares: who is owed most has the least of it.
 */
final class Contender {
  private final Workload workload;
  private final long[] seen;

  /** The number of the slice for which a vCPU was chosen last. */
  private final long[] turns;

  private final List<Integer> waiting = new ArrayList<>();
  private volatile Claim claim;
  private double virtualTime;
  private double budget;
  private int chosen;
  private long slices;
  private boolean joined;

  Contender(Workload workload, Claim claim) {
    this.workload = workload;
    this.claim = claim;
    seen = new long[workload.vcpus()];
    turns = new long[workload.vcpus()];
  }

  void change(Claim other) {
    claim = other;
  }

  /**
   * Takes down what its vCPUs have used and whether they want more.
   *
   * @param elapsed nanoseconds since the last time
   * @param present the virtual time at which a new one begins: it is owed nothing of the past
   */
  void look(long elapsed, double present) {
    long used = 0;
    waiting.clear();
    chosen = 0;
    for (int vcpu = 0; vcpu < seen.length; vcpu++) {
      long now = workload.processorTime(vcpu);
      if (joined) {
        used += Math.max(0, now - seen[vcpu]);
      }
      seen[vcpu] = Math.max(now, seen[vcpu]);
      if (workload.isBusy(vcpu)) {
        waiting.add(vcpu);
      }
    }
    virtualTime = joined ? virtualTime + (double) used / claim.shares() : present;
    joined = true;
    account(used, elapsed);
    // Its own vCPUs take turns.
    waiting.sort(Comparator.comparingLong(vcpu -> turns[vcpu]));
  }

  private void account(long used, long elapsed) {
    if (claim.allowance().isEmpty()) {
      return;
    }
    Allowance allowance = claim.allowance().get();
    // What it has not used in one period is lost; what it took too much of is paid back.
    double most = allowance.time().toNanos();
    budget = Math.min(most, budget + allowance.processors() * elapsed - used);
  }

  /** Whether it has used up what it is allowed. */
  boolean isExhausted() {
    return claim.allowance().isPresent() && budget <= 0;
  }

  /** Whether somebody has to look after its limit. */
  boolean isLimited() {
    return claim.allowance().isPresent() && !waiting.isEmpty();
  }

  /** vCPUs that want a processor. */
  int demand() {
    return isExhausted() ? 0 : waiting.size();
  }

  /** Whether a vCPU of it wants a processor and has none yet. */
  boolean isUnserved() {
    return chosen < demand();
  }

  /** One of its vCPUs gets a processor. */
  void choose() {
    chosen++;
  }

  void chooseAll() {
    chosen = demand();
  }

  double virtualTime() {
    return virtualTime;
  }

  /** Its virtual time, had the vCPUs chosen so far had theirs. */
  double virtualTimeAfter(long slice) {
    return virtualTime + (double) chosen * slice / claim.shares();
  }

  /** Its virtual time before one of its vCPUs had a slice. */
  double virtualTimeBefore(long slice) {
    return virtualTime - (double) slice / claim.shares();
  }

  void setVirtualTime(double time) {
    virtualTime = time;
  }

  /** Nobody is owed more than this for time in which he wanted nothing. */
  void forgetDebtsBefore(double time, long credit) {
    virtualTime = Math.max(virtualTime, time - (double) credit / claim.shares());
  }

  /** Lets the chosen vCPUs execute and holds the others that want to. */
  void apply() {
    slices++;
    for (int i = 0; i < waiting.size(); i++) {
      if (i < chosen) {
        turns[waiting.get(i)] = slices;
        workload.release(waiting.get(i));
      } else {
        workload.hold(waiting.get(i));
      }
    }
  }

  void releaseAll() {
    for (int vcpu = 0; vcpu < seen.length; vcpu++) {
      workload.release(vcpu);
    }
  }
}
