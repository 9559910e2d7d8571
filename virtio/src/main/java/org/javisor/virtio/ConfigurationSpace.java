package org.javisor.virtio;

import java.util.Objects;

/**
 * The configuration fields of a device (virtio 1.2, section 2.5), little-endian. Safe from any
 * thread.
 */
public final class ConfigurationSpace {
  private final byte[] bytes;
  private int generation;

  /** A space of {@code size} zeroed bytes. */
  public ConfigurationSpace(int size) {
    bytes = new byte[size];
  }

  /** Reads a field; what lies outside the space reads as zero. */
  public synchronized long read(long offset, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      long at = offset + i;
      value = value << 8 | (at >= 0 && at < bytes.length ? bytes[(int) at] & 0xff : 0);
    }
    return value;
  }

  /** Sets a field without telling anyone: while the device is built, or on the driver's behalf. */
  public synchronized void set(int offset, int size, long value) {
    Objects.checkFromIndexSize(offset, size, bytes.length);
    for (int i = 0; i < size; i++) {
      bytes[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  /**
   * Sets a field that the driver may be reading, and counts the change. The driver is told by
   * {@link Activation#configurationChanged}.
   */
  public synchronized void update(int offset, int size, long value) {
    set(offset, size, value);
    generation++;
  }

  /** Changes whenever fields have been updated, so that a driver can read several consistently. */
  public synchronized int generation() {
    return generation;
  }

  /** Continues counting at a saved generation. */
  public synchronized void restoreGeneration(int value) {
    generation = value;
  }
}
