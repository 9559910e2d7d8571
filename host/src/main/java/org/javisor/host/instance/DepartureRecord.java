package org.javisor.host.instance;

/**
 * What is kept in the folder of an instance from the moment it is another host's: here it never
 * runs again, and its folder is removed as soon as that host has said that it has it.
 *
 * @param version of this form
 * @param migration by which it left
 * @param name of the instance
 * @param target the host that has it
 */
public record DepartureRecord(int version, String migration, String name, String target) {
  static final int VERSION = 1;
  static final String FILE = "departed.json";
}
