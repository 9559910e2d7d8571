package org.javisor.virtio.queue;

/** A queue the driver has not set up. */
final class AbsentQueue extends Virtqueue {
  static final AbsentQueue INSTANCE = new AbsentQueue();

  private AbsentQueue() {}

  @Override
  public boolean poll(DescriptorChain chain) {
    return false;
  }

  @Override
  public void unpoll(DescriptorChain chain) {
    throw new IllegalStateException("nothing was polled from an absent queue");
  }

  @Override
  public void finish(DescriptorChain chain, long written) {
    throw new IllegalStateException("nothing was polled from an absent queue");
  }

  @Override
  public void publish() {}

  @Override
  public void suppressNotifications() {}

  @Override
  public boolean requestNotifications() {
    return false;
  }

  @Override
  public int availablePosition() {
    return 0;
  }

  @Override
  public int usedPosition() {
    return 0;
  }

  @Override
  public void restorePositions(int available, int used) {}
}
