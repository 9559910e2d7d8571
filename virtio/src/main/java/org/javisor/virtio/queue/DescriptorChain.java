package org.javisor.virtio.queue;

import java.util.Arrays;
import org.javisor.machine.GuestMemory;

/**
 * One request of the driver: a readable part followed by a writable part, each a list of checked
 * ranges of guest memory. The object is reused from request to request.
 */
public final class DescriptorChain {
  /** The most bytes a chain may hold in all: a used length is 32 bits wide. */
  private static final long MAXIMUM_BYTES = 0xffff_ffffL;

  private final GuestMemory memory;
  private final GuestBuffer readable;
  private final GuestBuffer writable;
  private long[] addresses = new long[8];
  private long[] lengths = new long[8];
  private int ranges;
  private int readableRanges;
  private long bytes;
  private int id;
  private int ringEntries;

  /** An empty chain for requests in the given memory. */
  public DescriptorChain(GuestMemory memory) {
    this.memory = memory;
    this.readable = new GuestBuffer(memory, false);
    this.writable = new GuestBuffer(memory, true);
  }

  /** What the driver wrote for the device, from its start. */
  public GuestBuffer readable() {
    return readable;
  }

  /** Where the device may write, from its start. */
  public GuestBuffer writable() {
    return writable;
  }

  /** The driver's name for the chain. */
  int id() {
    return id;
  }

  /** Entries of the ring the chain occupies. */
  int ringEntries() {
    return ringEntries;
  }

  void begin() {
    ranges = 0;
    readableRanges = 0;
    bytes = 0;
  }

  /** Adds a range, checked here and nowhere else. */
  void add(long gpa, long length, boolean write) throws MalformedQueueException {
    if (!write && readableRanges != ranges) {
      throw new MalformedQueueException("a readable descriptor follows a writable one");
    }
    if (length == 0) {
      return;
    }
    if (!memory.contains(gpa, length)) {
      throw new MalformedQueueException(
          "buffer at 0x%x, %d bytes, is outside memory".formatted(gpa, length));
    }
    bytes += length;
    if (bytes > MAXIMUM_BYTES) {
      throw new MalformedQueueException("a chain of more than 4 GiB");
    }
    // Neighbours become one range: drivers often split a contiguous buffer page by page.
    if (ranges > (write ? readableRanges : 0)
        && addresses[ranges - 1] + lengths[ranges - 1] == gpa) {
      lengths[ranges - 1] += length;
      return;
    }
    if (ranges == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * ranges);
      lengths = Arrays.copyOf(lengths, 2 * ranges);
    }
    addresses[ranges] = gpa;
    lengths[ranges] = length;
    ranges++;
    if (!write) {
      readableRanges = ranges;
    }
  }

  void end(int id, int ringEntries) {
    this.id = id;
    this.ringEntries = ringEntries;
    readable.reset(addresses, lengths, 0, readableRanges);
    writable.reset(addresses, lengths, readableRanges, ranges);
  }
}
