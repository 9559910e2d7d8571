package org.javisor.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A medium in memory that remembers everything done to it, and so can tell what could be left of it
 * after a crash at any point. It also fails on demand.
 */
final class MemoryMedium implements Medium {

  private static final int SECTOR = 512;

  /** One thing done to the medium. */
  sealed interface Step {
    record Write(long offset, byte[] bytes) implements Step {}

    record Punch(long offset, int length) implements Step {}

    record Sync() implements Step {}
  }

  final List<Step> log = new ArrayList<>();
  private byte[] bytes;
  private int size;

  /** Writes that still succeed; afterwards the medium is full. */
  int writesLeft = Integer.MAX_VALUE;

  boolean syncFails;

  MemoryMedium() {
    this(new byte[0]);
  }

  private MemoryMedium(byte[] bytes) {
    this.bytes = bytes;
    size = bytes.length;
  }

  @Override
  public synchronized long size() {
    return size;
  }

  @Override
  public synchronized void read(long offset, ByteBuffer destination) {
    int there = (int) Math.clamp(size - offset, 0L, destination.remaining());
    destination.put(bytes, there == 0 ? 0 : (int) offset, there);
    destination.put(new byte[destination.remaining()]);
  }

  @Override
  public synchronized void write(long offset, ByteBuffer source) throws IOException {
    if (writesLeft-- <= 0) {
      throw new IOException("no space left");
    }
    byte[] written = new byte[source.remaining()];
    source.get(written);
    log.add(new Step.Write(offset, written));
    apply((int) offset, written);
  }

  private void apply(int offset, byte[] written) {
    int end = offset + written.length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    size = Math.max(size, end);
    System.arraycopy(written, 0, bytes, offset, written.length);
  }

  @Override
  public synchronized void sync() throws IOException {
    if (syncFails) {
      throw new IOException("medium error");
    }
    log.add(new Step.Sync());
  }

  @Override
  public synchronized boolean punch(long offset, long length) {
    log.add(new Step.Punch(offset, (int) length));
    apply((int) offset, new byte[(int) Math.clamp(size - offset, 0, length)]);
    return true;
  }

  @Override
  public void close() {}

  /** What a process that is killed after {@code steps} steps leaves: all that it wrote. */
  MemoryMedium afterKill(int steps) {
    MemoryMedium left = new MemoryMedium();
    for (Step step : log.subList(0, steps)) {
      left.redo(step, null);
    }
    return left;
  }

  /**
   * What a power failure after {@code steps} steps leaves: all that was synced, and of the rest any
   * sectors.
   */
  MemoryMedium afterPowerFailure(int steps, Random random) {
    MemoryMedium left = new MemoryMedium();
    int synced = log.subList(0, steps).lastIndexOf(new Step.Sync());
    for (int i = 0; i < steps; i++) {
      left.redo(log.get(i), i > synced ? random : null);
    }
    return left;
  }

  private void redo(Step step, Random random) {
    switch (step) {
      case Step.Sync() -> {}
      case Step.Punch(long offset, int length) -> {
        if (random == null || random.nextBoolean()) {
          apply((int) offset, new byte[Math.clamp(size - offset, 0, length)]);
        }
      }
      case Step.Write(long offset, byte[] written) -> {
        for (int from = 0; from < written.length; ) {
          int to = (int) Math.min(written.length, ((offset + from) / SECTOR + 1) * SECTOR - offset);
          if (random == null || random.nextBoolean()) {
            apply((int) offset + from, Arrays.copyOfRange(written, from, to));
          }
          from = to;
        }
      }
    }
  }
}
