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

  /**
   * Asks whether a frame for the guest may be given to it now, and if so, counts it. To be asked
   * when the frame's turn has come, so that nobody uses up the rate before the turns of others.
   *
   * @param bytes in the frame
   * @return nanoseconds after which to ask again; 0: now
   */
  default long nanosToWait(int bytes) {
    return 0;
  }

  /** The most bytes that are to wait for the guest; more would be there too late. */
  default int waitingBytes() {
    return Integer.MAX_VALUE;
  }
}
