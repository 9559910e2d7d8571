package org.javisor.host.instance;

/**
 * What is kept in the folder of an instance that is not this host's yet.
 *
 * @param version of this form
 * @param migration by which it comes
 * @param name of the instance
 * @param source the host it comes from, which decides; or {@link #FROM_FILE}
 * @param prepared whether all of it is here, so that the source may have given it away
 */
public record ArrivalRecord(
    int version, String migration, String name, String source, boolean prepared) {
  static final int VERSION = 1;
  static final String FILE = "arrival.json";

  /** No host's name. What was being read from a file when its process died is gone. */
  static final String FROM_FILE = "";
}
