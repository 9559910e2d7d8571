package org.javisor.host.instance;

/**
 * How an instance is, with the words and codes of the Incus API ({@code shared/api/status_code}).
 */
public enum InstanceStatus {
  /** It is switched off. */
  STOPPED("Stopped", 102),
  /** Its machine is built and powered on just now. */
  STARTING("Starting", 106),
  /** Its machine runs. */
  RUNNING("Running", 103),
  /** It is asked to shut down, and has not yet. */
  STOPPING("Stopping", 107),
  /** Its vCPUs, devices and clock stand still. */
  FROZEN("Frozen", 110),
  /** It could not be started, or what is kept of it cannot be read. */
  ERROR("Error", 112);

  private final String word;
  private final int code;

  InstanceStatus(String word, int code) {
    this.word = word;
    this.code = code;
  }

  /** The API's word for it. */
  public String word() {
    return word;
  }

  /** The API's number for it. */
  public int code() {
    return code;
  }

  /** Whether a machine exists in this process. */
  public boolean isOn() {
    return this == RUNNING || this == FROZEN || this == STOPPING;
  }
}
