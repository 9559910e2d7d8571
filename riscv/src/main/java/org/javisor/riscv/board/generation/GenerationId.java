package org.javisor.riscv.board.generation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.javisor.machine.Device;
import org.javisor.machine.Entropy;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;
import org.javisor.machine.Snapshottable;

/**
 * A virtual machine generation ID: 16 random bytes that change when the guest is copied or taken
 * back in time, so that it does not use the same random numbers twice (Microsoft, "Virtual Machine
 * Generation ID"; Linux's device tree binding {@code microsoft,vmgenid}).
 *
 * <p>A change raises the interrupt, whose handler reads the ID; reading its end lowers the line
 * again. A guest that has not read the ID since it was reset is not told: it has nothing to compare
 * with, and Linux's driver does not survive an interrupt that waits for it when it begins.
 */
public final class GenerationId implements Device, MmioHandler, Snapshottable<GenerationIdState> {
  /** Bytes of an ID. */
  public static final int BYTES = 16;

  private final GenerationIdConfiguration configuration;
  private final Entropy entropy;
  private final InterruptLine interrupt;
  private final Object lock = new Object();

  private final byte[] id = new byte[BYTES];
  private boolean announced;

  /** Whether the guest has read the ID since it was reset. */
  private boolean known;

  private long changes;
  private long reads;

  /** A device with an ID of its own. */
  public GenerationId(
      GenerationIdConfiguration configuration, Entropy entropy, InterruptLine interrupt) {
    this.configuration = configuration;
    this.entropy = entropy;
    this.interrupt = interrupt;
    draw();
  }

  private void draw() {
    System.arraycopy(entropy.bytes(BYTES), 0, id, 0, BYTES);
  }

  /** Gives the machine another ID and tells the guest; from any thread. */
  public void change() {
    synchronized (lock) {
      draw();
      changes++;
      announce(known);
    }
  }

  private void announce(boolean level) {
    announced = level;
    interrupt.set(level);
  }

  @Override
  public long read(long offset, int size) {
    if (offset < 0 || offset + size > BYTES) {
      return 0;
    }
    synchronized (lock) {
      long value = 0;
      for (int i = size - 1; i >= 0; i--) {
        value = (value << 8) | (id[(int) offset + i] & 0xff);
      }
      if (offset + size == BYTES) {
        reads++;
        known = true;
        announce(false);
      }
      return value;
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    // Nothing can be written.
  }

  /** Counters since the device was made. */
  public GenerationIdMetrics metrics() {
    synchronized (lock) {
      return new GenerationIdMetrics(changes, reads);
    }
  }

  @Override
  public String name() {
    return configuration.name();
  }

  /** A guest that boots has made no random numbers yet: the ID stays, nothing is announced. */
  @Override
  public void reset() {
    synchronized (lock) {
      known = false;
      announce(false);
    }
  }

  @Override
  public void pause() {
    // Acts only when a hart or the host does.
  }

  @Override
  public void resume() {
    // See pause().
  }

  @Override
  public void close() {
    // Holds nothing.
  }

  @Override
  public Class<GenerationIdState> stateType() {
    return GenerationIdState.class;
  }

  @Override
  public GenerationIdState save() {
    synchronized (lock) {
      ByteBuffer bytes = ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN);
      return new GenerationIdState(bytes.getLong(0), bytes.getLong(Long.BYTES), known, announced);
    }
  }

  @Override
  public void restore(GenerationIdState state) {
    synchronized (lock) {
      ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).putLong(state.low()).putLong(state.high());
      known = state.known();
      announce(state.announced());
    }
  }
}
