package org.javisor.host;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.host.snapshot.SnapshotFolder;

/** Where a machine starts from. */
sealed interface Beginning {
  /** It boots. */
  record Boot() implements Beginning {}

  /**
   * It goes on where a snapshot was taken.
   *
   * @param copy whether it is to be a machine of its own, which the guest is told
   */
  record Snapshot(SnapshotFolder folder, boolean copy) implements Beginning {
    Path memory() {
      return folder.memory().path();
    }
  }

  /** It goes on where another process of this host stopped it. */
  record HandedOver(MachineTransfer transfer) implements Beginning {}

  /**
   * It goes on where another host stopped it. Its memory is filled from outside before it is
   * started.
   *
   * @param name of the instance
   * @param state of clock, devices and vCPUs; asked for when it is started
   */
  record Arrived(String name, Supplier<byte[]> state) implements Beginning {}
}
