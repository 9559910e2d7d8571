package org.javisor.machine;

/** A virtual CPU: what an engine gives to {@link Machine}, which runs it on a platform thread. */
public interface Vcpu {
  /** Its index in the machine, from 0. */
  int id();

  /**
   * Runs guest code on the calling thread until {@link #requestExit} is called. Waiting for an
   * interrupt, or being stopped by the guest, parks the thread inside this method.
   *
   * @throws RuntimeException only for a fault of the engine itself; the machine then fails
   */
  void run();

  /**
   * Makes {@link #run} return soon (well below a millisecond); from any thread. If it is not
   * running, the next call returns at once: the request is consumed by the return.
   */
  void requestExit();

  /** Whether it waits inside {@link #run} for an interrupt or to be started; from any thread. */
  boolean isIdle();

  /** Back to the state after power-on. Called while the machine is paused. */
  void reset();
}
