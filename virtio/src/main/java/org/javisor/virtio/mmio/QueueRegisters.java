package org.javisor.virtio.mmio;

import org.javisor.virtio.QueueState;
import org.javisor.virtio.queue.QueueLayout;

/** What the driver has written about one queue. */
final class QueueRegisters {
  final int maximumSize;
  int size;
  boolean ready;
  long descriptorArea;
  long driverArea;
  long deviceArea;

  QueueRegisters(int maximumSize) {
    this.maximumSize = maximumSize;
    reset();
  }

  void reset() {
    size = maximumSize;
    ready = false;
    descriptorArea = 0;
    driverArea = 0;
    deviceArea = 0;
  }

  QueueLayout layout() {
    return new QueueLayout(size, descriptorArea, driverArea, deviceArea);
  }

  QueueState save(int availablePosition, int usedPosition) {
    return new QueueState(
        size, ready, descriptorArea, driverArea, deviceArea, availablePosition, usedPosition);
  }

  void restore(QueueState state) {
    size = state.size();
    ready = state.ready();
    descriptorArea = state.descriptorArea();
    driverArea = state.driverArea();
    deviceArea = state.deviceArea();
  }

  /** The low or high half of an address replaced. */
  static long withHalf(long address, boolean high, long half) {
    return high
        ? (address & 0xffff_ffffL) | half << 32
        : (address & ~0xffff_ffffL) | (half & 0xffff_ffffL);
  }
}
