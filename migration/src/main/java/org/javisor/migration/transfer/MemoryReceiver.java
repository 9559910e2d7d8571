package org.javisor.migration.transfer;

import java.nio.ByteBuffer;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.ProtocolException;

/** Puts pages into the memory of a machine that arrives. */
public final class MemoryReceiver {
  private final GuestMemory memory;

  /** Into this memory, all of which is zero. */
  public MemoryReceiver(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Takes the pages of a frame.
   *
   * @throws ProtocolException if there are none such in this memory
   */
  public void take(ByteBuffer frame) throws ProtocolException {
    while (frame.hasRemaining()) {
      if (frame.remaining() < Integer.BYTES) {
        throw new ProtocolException("a frame of pages that ends in a number");
      }
      int word = frame.getInt();
      long gpa = memory.base() + ((long) (word >>> Encoding.BITS) << GuestMemory.PAGE_SHIFT);
      if (!memory.contains(gpa, GuestMemory.PAGE_SIZE)) {
        throw new ProtocolException("a page at 0x" + Long.toHexString(gpa));
      }
      switch (word & Encoding.MASK) {
        case Encoding.ZERO -> memory.zero(gpa, GuestMemory.PAGE_SIZE);
        case Encoding.WHOLE -> {
          if (frame.remaining() < GuestMemory.PAGE_SIZE) {
            throw new ProtocolException("half a page");
          }
          memory.write(
              gpa, frame.array(), frame.arrayOffset() + frame.position(), GuestMemory.PAGE_SIZE);
          frame.position(frame.position() + GuestMemory.PAGE_SIZE);
        }
        default -> throw new ProtocolException("a page in an unknown encoding");
      }
    }
  }
}
