package org.javisor.virtio;

import org.javisor.machine.GuestMemory;
import org.javisor.virtio.queue.Virtqueue;

/**
 * What a device works with between the driver's readiness and the next reset: state that exists
 * only while the device is active.
 */
public interface Activation {
  /** The guest's memory. */
  GuestMemory memory();

  /** Whether both sides have agreed on a feature bit, counted from 0. */
  boolean negotiated(int bit);

  /**
   * A queue. It is to be asked for anew on each {@link VirtioDevice#serve}: a driver may stop a
   * queue at any time, after which the absent queue stands in its place.
   */
  Virtqueue queue(int index);

  /** Whether a worker is wanted to return from serving soon; it will be woken again later. */
  boolean yielding(int worker);

  /** Makes a worker serve, soon and at least once; from any thread. */
  void wake(int worker);

  /** Tells the driver that configuration fields have changed. */
  void configurationChanged();
}
