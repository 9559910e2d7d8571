package org.javisor.virtio;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of the mmio transport of a device.
 *
 * @param deviceType the type of the device behind it
 * @param status device status (virtio 1.2, section 2.1)
 * @param driverFeatures feature bits the driver has written
 * @param deviceFeaturesSelect register DeviceFeaturesSel
 * @param driverFeaturesSelect register DriverFeaturesSel
 * @param queueSelect register QueueSel
 * @param interruptStatus register InterruptStatus
 * @param configurationGeneration register ConfigGeneration
 * @param queues in the order of their indices
 */
@StateVersion(1)
public record TransportState(
    int deviceType,
    int status,
    long driverFeatures,
    int deviceFeaturesSelect,
    int driverFeaturesSelect,
    int queueSelect,
    int interruptStatus,
    int configurationGeneration,
    List<QueueState> queues)
    implements SavedState {
  /** Copies the list. */
  public TransportState {
    queues = List.copyOf(queues);
  }
}
