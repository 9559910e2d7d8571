package org.javisor.virtio.console;

/**
 * The host's end of one port. The device calls it from one thread at a time; no method blocks.
 *
 * <p>A port is one connection with two directions. When the host ends its input, the guest sees the
 * host disconnect: it reads what was sent and then end of file, and it cannot write to the port any
 * more. Where the two directions end at different times, as with standard input and output, use a
 * port for each.
 */
public interface PortBackend {
  /**
   * Gives the back end a way to tell the device that there is something to do: input has come or
   * ended, or there is room for output again. Called once.
   *
   * @param wake cheap, from any thread
   */
  void attach(Runnable wake);

  /**
   * Takes output of the guest, as much as fits now. Output that does not fit stays with the guest,
   * which then blocks.
   *
   * @return bytes taken
   */
  int write(byte[] source, int start, int length);

  /** Bytes of input for the guest that wait here, or -1 after the last one if input has ended. */
  int available();

  /**
   * Gives input to the guest.
   *
   * @return bytes given, at most {@link #available}
   */
  int read(byte[] destination, int start, int length);

  /**
   * Whether the port is there. One that is not yet is plugged in when this has become true and the
   * device has been woken; it stays then.
   */
  default boolean plugged() {
    return true;
  }

  /**
   * The driver has taken the port into use, so that programs in the guest can open it, or given it
   * up in a reset.
   */
  default void portReady(boolean ready) {}

  /** A program in the guest has opened the port. */
  void guestOpened();

  /** The guest has closed the port; all it wrote before has been given to {@link #write}. */
  void guestClosed();
}
