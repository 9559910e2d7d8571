package org.javisor.migration.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.javisor.machine.DataExtents;
import org.javisor.machine.Entropy;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Link;

/**
 * Sends pages of a machine's memory, those that differ from what the target has: from zeroes at
 * first, then from what was sent of them last.
 */
public final class MemorySender {
  /** So many pages may be read without asking where the memory has any. */
  private static final int FEW_PAGES = 1024;

  private final GuestMemory memory;
  private final Link link;
  private final Pacer pacer;
  private final PageContent content = new PageContent(Entropy.secure());

  /** What the target has of each page. */
  private final long[] there;

  private final byte[] bytes = new byte[Content.LONGEST];
  private final ByteBuffer frame = ByteBuffer.wrap(bytes);
  private long zeroes;
  private long unchanged;
  private long whole;

  /** A sender; all of the target's memory is zero. */
  public MemorySender(GuestMemory memory, Link link, Pacer pacer) {
    this.memory = memory;
    this.link = link;
    this.pacer = pacer;
    there = new long[pages()];
  }

  private int pages() {
    return Math.toIntExact(memory.size() >>> GuestMemory.PAGE_SHIFT);
  }

  /**
   * Sends pages as they are now. While the machine runs it may change them meanwhile: they are to
   * be sent again then.
   *
   * @param wanted by their number from the first of the memory
   */
  public void send(BitSet wanted) throws IOException, InterruptedException {
    BitSet touched = wanted.cardinality() > FEW_PAGES ? touched(wanted) : wanted;
    for (int page = wanted.nextSetBit(0); page >= 0; page = wanted.nextSetBit(page + 1)) {
      if (!touched.get(page)) {
        sendZero(page);
      } else {
        sendPage(page);
      }
      if (frame.remaining() < Integer.BYTES + GuestMemory.PAGE_SIZE) {
        flush();
      }
    }
    flush();
  }

  /** To read a page of a file in memory that nobody has touched would have it take memory. */
  private BitSet touched(BitSet wanted) {
    BitSet data = memory.file().map(file -> DataExtents.pages(file, memory.size())).orElse(null);
    return data == null ? wanted : data;
  }

  private void sendPage(int page) {
    int at = frame.position() + Integer.BYTES;
    memory.read(
        memory.base() + ((long) page << GuestMemory.PAGE_SHIFT), bytes, at, GuestMemory.PAGE_SIZE);
    long now = content.of(bytes, at, GuestMemory.PAGE_SIZE);
    if (now == PageContent.ZERO) {
      sendZero(page);
    } else if (now == there[page]) {
      unchanged++;
    } else {
      there[page] = now;
      frame.putInt((page << Encoding.BITS) | Encoding.WHOLE);
      frame.position(at + GuestMemory.PAGE_SIZE);
      whole++;
    }
  }

  private void sendZero(int page) {
    zeroes++;
    if (there[page] != PageContent.ZERO) {
      there[page] = PageContent.ZERO;
      frame.putInt((page << Encoding.BITS) | Encoding.ZERO);
    }
  }

  private void flush() throws IOException, InterruptedException {
    int length = frame.position();
    if (length > 0) {
      pacer.await(length);
      link.send(Content.Kind.PAGES, bytes, length);
      frame.clear();
    }
  }

  /** Pages that were zero, so far. */
  public long zeroes() {
    return zeroes;
  }

  /** Pages that had been written and were as before, so far. */
  public long unchanged() {
    return unchanged;
  }

  /** Pages that were sent whole, so far. */
  public long whole() {
    return whole;
  }
}
