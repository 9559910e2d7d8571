package org.javisor.network.ethernet;

/** A switch has no port for somebody. */
public final class PortRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  PortRefusedException(String message) {
    super(message);
  }
}
