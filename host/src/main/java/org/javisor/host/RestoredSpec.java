package org.javisor.host;

import java.util.List;
import java.util.Optional;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.virtio.console.PortConfiguration;

/**
 * What a machine that is built from a snapshot is to be.
 *
 * @param engine how its instructions are executed
 * @param name a machine that is kept under this name; empty for a throw-away machine
 * @param ports channels to programs in the guest, named as those of the snapshot's machine
 * @param identity what makes it a machine of its own; empty for the same machine again
 * @param card its network card; empty for one that is plugged into nothing, with the address of the
 *     identity or the snapshot
 */
public record RestoredSpec(
    EngineKind engine,
    Optional<String> name,
    List<PortConfiguration> ports,
    Optional<CloneIdentity> identity,
    Optional<NetworkCard> card) {
  /** With a card that is plugged into nothing. */
  public RestoredSpec(
      EngineKind engine,
      Optional<String> name,
      List<PortConfiguration> ports,
      Optional<CloneIdentity> identity) {
    this(engine, name, ports, identity, Optional.empty());
  }

  /** Copies the list. */
  public RestoredSpec {
    ports = List.copyOf(ports);
  }
}
