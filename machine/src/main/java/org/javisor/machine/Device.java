package org.javisor.machine;

/** A device of a machine. */
public interface Device extends AutoCloseable {
  /** Unique within the machine; names the device in saved state and in messages. */
  String name();

  /** Back to the state after power-on. Called while the machine is paused. */
  void reset();

  /**
   * Stops the device from changing guest memory or raising interrupts until {@link #resume}; work
   * in flight is finished or held first. Called after the vCPUs have stopped.
   */
  void pause();

  /** Continues after {@link #pause}. */
  void resume();

  /** Frees what the device holds; it is not used again. */
  @Override
  void close();
}
