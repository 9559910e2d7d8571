package org.javisor.virtio.net;

import java.util.ArrayList;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;

/**
 * Puts frames into receive buffers, each behind a header of 12 bytes; with mergeable buffers, a
 * frame may run over several (virtio 1.2, section 5.1.6.4).
 */
final class FrameDelivery {
  /** What has become of a frame. */
  enum Outcome {
    DELIVERED,
    TOO_LARGE,
    NO_BUFFERS
  }

  /** The most buffers for one frame: 64 KiB in buffers of 1 KiB, and its headers. */
  private static final int MAXIMUM_BUFFERS = 66;

  private final GuestMemory memory;
  private final int maximumBuffers;
  private final boolean checksums;
  private final List<DescriptorChain> chains = new ArrayList<>();
  private final byte[] header = new byte[FrameHeader.BYTES];

  /**
   * Deliveries to one guest.
   *
   * @param checksums the guest may be told that a checksum is right
   */
  FrameDelivery(GuestMemory memory, boolean mergeable, boolean checksums) {
    this.memory = memory;
    this.checksums = checksums;
    this.maximumBuffers = mergeable ? MAXIMUM_BUFFERS : 1;
  }

  /**
   * Gives a frame to the guest, or leaves the queue as it was. For want of buffers, the driver is
   * asked to notify the device of the next one.
   */
  Outcome deliver(Virtqueue queue, Frame frame) throws MalformedQueueException {
    long needed = (long) FrameHeader.BYTES + frame.length();
    int count = 0;
    for (long room = 0; room < needed; ) {
      if (count == maximumBuffers) {
        giveBack(queue, count);
        return Outcome.TOO_LARGE;
      }
      DescriptorChain chain = chain(count);
      if (!queue.poll(chain)) {
        // Asked for here, behind the buffers that do not suffice: at their head, the driver would
        // have no reason to notify.
        if (queue.requestNotifications()) {
          continue;
        }
        giveBack(queue, count);
        return Outcome.NO_BUFFERS;
      }
      count++;
      if (chain.writable().length() < (count == 1 ? FrameHeader.BYTES : 1)) {
        throw new MalformedQueueException("a receive buffer without room for a header");
      }
      room += chain.writable().length();
    }
    FrameHeader.write(header, frame, count, checksums);
    byte[] bytes = frame.bytes();
    int done = 0;
    for (int i = 0; i < count; i++) {
      DescriptorChain chain = chains.get(i);
      if (i == 0) {
        chain.writable().write(header, 0, FrameHeader.BYTES);
      }
      done += chain.writable().write(bytes, done, bytes.length - done);
      queue.finish(chain, chain.writable().position());
    }
    queue.publish();
    return Outcome.DELIVERED;
  }

  private DescriptorChain chain(int index) {
    if (index == chains.size()) {
      chains.add(new DescriptorChain(memory));
    }
    return chains.get(index);
  }

  private void giveBack(Virtqueue queue, int count) {
    for (int i = count - 1; i >= 0; i--) {
      queue.unpoll(chains.get(i));
    }
  }
}
