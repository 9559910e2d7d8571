package org.javisor.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.javisor.machine.GuestMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each rule that a ring can break, one by one, and the nearest thing that breaks none. */
class MalformedQueueTest {
  private static final long BASE = 0x8000_0000L;
  private static final int BYTES = 64 * 1024;
  private static final int SIZE = 8;
  private static final QueueLayout LAYOUT =
      new QueueLayout(SIZE, BASE, BASE + 0x1000, BASE + 0x2000);
  private static final long TABLE = BASE + 0x3000;
  private static final long BUFFER = BASE + 0x4000;

  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int AVAIL = 1 << 7;
  private static final int USED = 1 << 15;

  private final GuestMemory memory = GuestMemory.allocate(BASE, BYTES);
  private final DescriptorChain chain = new DescriptorChain(memory);
  private final AtomicInteger interrupts = new AtomicInteger();

  @AfterEach
  void free() {
    memory.close();
  }

  private Virtqueue queue(boolean packed, boolean indirect) throws MalformedQueueException {
    return Virtqueue.create(
        memory,
        LAYOUT,
        new Virtqueue.Features(packed, indirect, false),
        SIZE,
        interrupts::incrementAndGet);
  }

  private void split(long table, int index, long gpa, int length, int flags, int next) {
    memory.putLong(table + 16L * index, gpa);
    memory.putInt(table + 16L * index + 8, length);
    memory.putShort(table + 16L * index + 12, (short) flags);
    memory.putShort(table + 16L * index + 14, (short) next);
  }

  private void packed(int index, long gpa, int length, int id, int flags) {
    split(BASE, index, gpa, length, id, flags);
  }

  private void available(int... heads) {
    for (int i = 0; i < heads.length; i++) {
      memory.putShort(LAYOUT.driverArea() + 4 + 2L * i, (short) heads[i]);
    }
    memory.putShort(LAYOUT.driverArea() + 2, (short) heads.length);
  }

  private void accepted(Virtqueue queue) throws MalformedQueueException {
    assertThat(queue.poll(chain)).isTrue();
  }

  private void refused(Virtqueue queue, String why) {
    assertThatThrownBy(() -> queue.poll(chain))
        .isInstanceOf(MalformedQueueException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aSplitChainOfEveryEntryIsAccepted() throws Exception {
    for (int i = 0; i < SIZE; i++) {
      split(BASE, i, BUFFER + 100 * i, 50, i + 1 < SIZE ? NEXT : 0, i + 1);
    }
    available(0);
    accepted(queue(false, false));
    assertThat(chain.readable().length()).isEqualTo(400);
    assertThat(chain.writable().length()).isZero();
  }

  @Test
  void aSplitLoopIsRefused() throws Exception {
    split(BASE, 0, BUFFER, 1, NEXT, 1);
    split(BASE, 1, BUFFER, 1, NEXT, 0);
    available(0);
    refused(queue(false, false), "loops");
  }

  @Test
  void aSplitEntryOutsideTheTableIsRefused() throws Exception {
    available(SIZE);
    refused(queue(false, false), "descriptor 8 of 8");
    split(BASE, 0, BUFFER, 1, NEXT, 0xffff);
    available(0);
    refused(queue(false, false), "descriptor 65535 of 8");
  }

  @Test
  void anAvailableIndexBeyondTheRingIsRefused() throws Exception {
    split(BASE, 0, BUFFER, 1, 0, 0);
    memory.putShort(LAYOUT.driverArea() + 2, (short) SIZE);
    accepted(queue(false, false));
    memory.putShort(LAYOUT.driverArea() + 2, (short) (SIZE + 1));
    refused(queue(false, false), "jumps");
    memory.putShort(LAYOUT.driverArea() + 2, (short) -1);
    refused(queue(false, false), "jumps");
  }

  @Test
  void buffersOutsideMemoryAreRefused() throws Exception {
    long end = BASE + BYTES;
    long[][] bad = {
      {end, 1}, {end - 1, 2}, {BASE - 1, 2}, {0, 1}, {-1, 2}, {Long.MAX_VALUE, 16}, {BASE, -1}
    };
    for (long[] range : bad) {
      split(BASE, 0, range[0], (int) range[1], 0, 0);
      available(0);
      refused(queue(false, false), "outside memory");
      packed(0, range[0], (int) range[1], 0, AVAIL);
      refused(queue(true, false), "outside memory");
      memory.zero(BASE, 0x1000);
    }
    split(BASE, 0, end - 1, 1, WRITE, 0);
    available(0);
    accepted(queue(false, false));
  }

  @Test
  void aReadablePartBehindAWritableOneIsRefused() throws Exception {
    split(BASE, 0, BUFFER, 1, NEXT | WRITE, 1);
    split(BASE, 1, BUFFER, 1, 0, 0);
    available(0);
    refused(queue(false, false), "follows a writable");
    packed(0, BUFFER, 1, 0, AVAIL | NEXT | WRITE);
    packed(1, BUFFER, 1, 0, AVAIL);
    refused(queue(true, false), "follows a writable");
  }

  @Test
  void aSplitIndirectTableIsChecked() throws Exception {
    split(TABLE, 0, BUFFER, 10, NEXT, 1);
    split(TABLE, 1, BUFFER + 100, 20, WRITE, 0);
    available(0);
    split(BASE, 0, TABLE, 32, INDIRECT, 0);
    accepted(queue(false, true));
    assertThat(chain.readable().length()).isEqualTo(10);
    assertThat(chain.writable().length()).isEqualTo(20);
    refused(queue(false, false), "where none may be");

    for (int length : new int[] {0, 8, 33, -16}) {
      split(BASE, 0, TABLE, length, INDIRECT, 0);
      refused(queue(false, true), "indirect table");
    }
    split(BASE, 0, BASE + BYTES - 16, 32, INDIRECT, 0);
    refused(queue(false, true), "outside memory");
    split(BASE, 0, TABLE, 32, INDIRECT | NEXT, 1);
    refused(queue(false, true), "where none may be");
    split(BASE, 0, TABLE, 32, INDIRECT, 0);
    split(TABLE, 1, TABLE, 32, INDIRECT, 0);
    refused(queue(false, true), "where none may be");
    split(TABLE, 1, BUFFER, 1, NEXT, 0);
    refused(queue(false, true), "loops");
    split(TABLE, 1, BUFFER, 1, NEXT, 2);
    refused(queue(false, true), "descriptor 2 of 2");
  }

  @Test
  void aSplitIndirectTableLongerThanTheQueueIsRefused() throws Exception {
    for (int i = 0; i <= SIZE; i++) {
      split(TABLE, i, BUFFER, 1, i < SIZE ? NEXT : 0, i + 1);
    }
    split(BASE, 0, TABLE, 16 * (SIZE + 1), INDIRECT, 0);
    available(0);
    refused(queue(false, true), "too long");
  }

  @Test
  void aPackedIndirectTableIsChecked() throws Exception {
    split(TABLE, 0, BUFFER, 10, 0, 0);
    split(TABLE, 1, BUFFER + 100, 20, 0, WRITE);
    packed(0, TABLE, 32, 5, AVAIL | INDIRECT);
    accepted(queue(true, true));
    assertThat(chain.id()).isEqualTo(5);
    assertThat(chain.readable().length()).isEqualTo(10);
    assertThat(chain.writable().length()).isEqualTo(20);
    refused(queue(true, false), "where none may be");
    for (int length : new int[] {0, 8, 33, 16 * (SIZE + 1)}) {
      packed(0, TABLE, length, 5, AVAIL | INDIRECT);
      refused(queue(true, true), "indirect table");
    }
    packed(0, BASE + BYTES - 16, 32, 5, AVAIL | INDIRECT);
    refused(queue(true, true), "outside memory");
    packed(0, TABLE, 32, 5, AVAIL | INDIRECT | NEXT);
    refused(queue(true, true), "where none may be");
    packed(0, TABLE, 32, 5, AVAIL | INDIRECT);
    split(TABLE, 1, TABLE, 32, 0, INDIRECT);
    refused(queue(true, true), "inside an indirect table");
  }

  @Test
  void aPackedChainDoesNotRunIntoWhatIsNotAvailable() throws Exception {
    packed(0, BUFFER, 1, 0, AVAIL | NEXT);
    refused(queue(true, false), "not available");
    packed(1, BUFFER, 1, 0, AVAIL | USED);
    refused(queue(true, false), "not available");
    packed(1, BUFFER, 1, 3, AVAIL);
    accepted(queue(true, false));
    assertThat(chain.id()).isEqualTo(3);
  }

  @Test
  void aPackedChainRoundTheWholeRingIsRefused() throws Exception {
    for (int i = 0; i < SIZE; i++) {
      packed(i, BUFFER, 1, 0, AVAIL | NEXT);
    }
    refused(queue(true, false), "too long");
    packed(SIZE - 1, BUFFER, 1, 0, AVAIL);
    accepted(queue(true, false));
  }

  @Test
  void aChainOfMoreThanFourGigabytesIsRefused() throws Exception {
    try (GuestMemory large = GuestMemory.allocate(BASE, 1L << 31)) {
      for (int i = 0; i < 3; i++) {
        long descriptor = BASE + 16L * i;
        large.putLong(descriptor, BASE);
        large.putInt(descriptor + 8, 0x6000_0000);
        large.putShort(descriptor + 12, (short) (i < 2 ? NEXT : 0));
        large.putShort(descriptor + 14, (short) (i + 1));
      }
      large.putShort(LAYOUT.driverArea() + 2, (short) 1);
      Virtqueue queue =
          Virtqueue.create(
              large, LAYOUT, new Virtqueue.Features(false, false, false), SIZE, () -> {});
      DescriptorChain big = new DescriptorChain(large);
      assertThatThrownBy(() -> queue.poll(big)).hasMessageContaining("4 GiB");
    }
  }

  @Test
  void whatIsGivenBackIsPolledAgain() throws Exception {
    for (boolean layout : new boolean[] {false, true}) {
      memory.zero(BASE, 0x3000);
      if (layout) {
        packed(0, BUFFER, 1, 6, AVAIL | NEXT);
        packed(1, BUFFER + 9, 1, 6, AVAIL);
        packed(2, BUFFER + 99, 7, 2, AVAIL);
      } else {
        split(BASE, 6, BUFFER, 1, NEXT, 1);
        split(BASE, 1, BUFFER + 9, 1, 0, 0);
        split(BASE, 2, BUFFER + 99, 7, 0, 0);
        available(6, 2);
      }
      Virtqueue queue = queue(layout, false);
      accepted(queue);
      DescriptorChain second = new DescriptorChain(memory);
      assertThat(queue.poll(second)).isTrue();
      queue.unpoll(second);
      queue.unpoll(chain);
      assertThat(queue.poll(second)).isTrue();
      assertThat(second.id()).isEqualTo(6);
      assertThat(queue.poll(second)).isTrue();
      assertThat(second.id()).isEqualTo(2);
      assertThat(second.readable().length()).isEqualTo(7);
      assertThat(queue.poll(second)).isFalse();
    }
  }
}
