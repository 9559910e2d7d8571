package org.javisor.host.agent;

import java.io.IOException;

/** The guest has refused something with one of its files. */
public final class GuestFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean absent;

  /**
   * @param path the file
   * @param why in the guest's words
   * @param absent whether it is because there is no such file
   */
  public GuestFileException(String path, String why, boolean absent) {
    super(path + ": " + why);
    this.absent = absent;
  }

  /** Whether there is no such file. */
  public boolean absent() {
    return absent;
  }
}
