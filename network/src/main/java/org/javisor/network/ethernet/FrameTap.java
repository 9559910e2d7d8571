package org.javisor.network.ethernet;

import org.javisor.virtio.net.Frame;

/** Sees the frames at ports; never blocks. */
@FunctionalInterface
public interface FrameTap {
  /**
   * A frame that has passed the port's own checks.
   *
   * @param sent true if it came from the port's machine, false if it goes there
   */
  void frame(SwitchPort port, boolean sent, Frame frame);
}
