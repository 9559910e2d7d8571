package org.javisor.virtio.net;

/** Takes Ethernet frames. */
@FunctionalInterface
public interface FrameReceiver {
  /**
   * Takes a frame or drops it; never blocks, from any thread.
   *
   * @param frame several may hold it; the receiver does for itself what its sender left undone
   * @param sender who has sent it, as far as that cannot be feigned: where it came into the
   *     network, whatever the addresses in it say; compared by identity
   * @return false if it was dropped
   */
  boolean receive(Frame frame, Object sender);
}
