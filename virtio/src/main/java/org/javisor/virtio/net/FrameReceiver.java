package org.javisor.virtio.net;

/** Takes Ethernet frames. */
@FunctionalInterface
public interface FrameReceiver {
  /**
   * Takes a frame or drops it; never blocks, from any thread.
   *
   * @param frame from the destination address to the end of the payload, without checksum; not
   *     changed by anyone from now on, so that several may hold it
   * @return false if it was dropped
   */
  boolean receive(byte[] frame);
}
