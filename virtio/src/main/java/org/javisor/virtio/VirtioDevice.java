package org.javisor.virtio;

import org.javisor.machine.SavedState;
import org.javisor.machine.SavedStateException;
import org.javisor.virtio.queue.MalformedQueueException;

/**
 * A virtio device behind a transport.
 *
 * <p>The transport calls {@link #activate} when the driver has set it up, then {@link #serve} on
 * workers, and {@link #reset} when the driver resets it; activate, reset, save and restore are
 * never called while a worker serves.
 *
 * @param <S> the record of the device's saved state, its transport's included
 */
public interface VirtioDevice<S extends SavedState> {
  /** The device type (virtio 1.2, section 5). */
  int type();

  /** The feature bits of this device type that are offered; bits 0 to 23 and 50 to 63. */
  long features();

  /** The largest size of each queue: powers of two. */
  int[] queueSizes();

  /** The number of workers that serve this device. */
  int workers();

  /** The worker to wake when the driver notifies a queue. */
  int workerOf(int queue);

  /** The device's configuration fields. */
  ConfigurationSpace configuration();

  /**
   * The driver writes to the configuration fields; ignored unless a device says otherwise. Called
   * on a vCPU thread.
   *
   * @param size 1, 2, 4 or 8 bytes
   */
  default void configurationWritten(int offset, int size, long value) {}

  /** The driver is ready: queues may be served from now on. */
  void activate(Activation activation);

  /**
   * Serves all there is to do for one worker and returns; returns early, with all chains given back
   * or finished, when the activation {@linkplain Activation#yielding says so}.
   *
   * @throws MalformedQueueException if the guest has broken the rules: the device stops until reset
   */
  void serve(int worker) throws MalformedQueueException;

  /**
   * Called on an active device before it is paused or reset, with the workers held: to finish what
   * takes no waiting, such as output that the driver has handed over before it switches the machine
   * off.
   *
   * @throws MalformedQueueException if the guest has broken the rules: the device stops until reset
   */
  default void settle() throws MalformedQueueException {}

  /** Back to the state after power-on, without queues. */
  void reset();

  /** The class of {@link #save}'s record. */
  Class<S> stateType();

  /** The state of the device, to which the transport adds its own. */
  S save(TransportState transport);

  /** The transport's part of a saved state. */
  TransportState transportOf(S state);

  /**
   * Takes a saved state, after {@link #activate} if the device was active when saved.
   *
   * @throws SavedStateException if a value is out of range
   */
  void restore(S state);

  /** Frees what the device holds; it is not used again. */
  default void close() {}
}
