package org.javisor.network.dhcp;

/** An address cannot be had; the message says which and why. */
public final class AddressException extends Exception {
  private static final long serialVersionUID = 1L;

  AddressException(String message) {
    super(message);
  }
}
