package org.javisor.virtio.net;

/** Where the cable of a network device ends: a port of a switch, say. */
public interface FramePort {
  /**
   * Plugs the cable in: frames for the device go to the receiver from now on. Called once.
   *
   * @param receiver drops what it has no room for
   */
  void connect(FrameReceiver receiver);

  /**
   * Takes a frame that the guest sends, or drops it; never blocks.
   *
   * @param frame what is in it is the guest's choice; what its offload says has been checked
   */
  void send(Frame frame);
}
