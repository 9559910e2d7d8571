package org.javisor.host.instance;

import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of a snapshot of an instance, besides its disk and its memory. This record is what
 * is on disk.
 *
 * @param version of this form
 * @param createdAt when it was taken
 * @param expiresAt when it is deleted, if it is
 * @param stateful whether memory and devices are in it
 * @param disk what the disk calls its content then; empty if there is no disk
 * @param config what the instance was to be then
 */
public record InstanceSnapshot(
    int version,
    Instant createdAt,
    Optional<Instant> expiresAt,
    boolean stateful,
    String disk,
    InstanceConfig config) {
  /** The version this code writes. */
  public static final int VERSION = 1;

  /** The same with another end. */
  public InstanceSnapshot expiring(Optional<Instant> at) {
    return new InstanceSnapshot(version, createdAt, at, stateful, disk, config);
  }
}
