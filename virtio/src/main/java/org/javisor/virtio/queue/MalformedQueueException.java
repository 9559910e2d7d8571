package org.javisor.virtio.queue;

/**
 * A ring or a request that no correct driver writes. The device stops and asks for a reset (virtio
 * 1.2, section 2.1.2).
 */
public final class MalformedQueueException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong. */
  public MalformedQueueException(String message) {
    // Guests can cause this at any rate, so it carries no stack trace.
    super(message, null, false, false);
  }
}
