package org.javisor.virtio.console;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;
import org.javisor.virtio.TransportState;

/**
 * Saved state of a console device.
 *
 * @param transport state of the registers and queues
 * @param columns width of the terminal
 * @param rows height of the terminal
 * @param ports in the order of the configuration
 */
@StateVersion(1)
public record ConsoleState(TransportState transport, int columns, int rows, List<PortState> ports)
    implements SavedState {
  /** Copies the list. */
  public ConsoleState {
    ports = List.copyOf(ports);
  }
}
