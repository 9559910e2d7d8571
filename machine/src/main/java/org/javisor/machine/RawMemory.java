package org.javisor.machine;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/**
 * Unchecked access to machine addresses; the only class that touches {@link Unsafe}.
 *
 * <p>Engines use it on addresses they have validated themselves (a soft-TLB hit, a register file):
 * a wrong address crashes the process. Everything that handles an address chosen by a guest without
 * such a check goes through {@link GuestMemory} instead. On hot paths a {@code MemorySegment} was
 * measured to cost 1.0 to 2.7 times as much.
 *
 * <p>Values are in the machine's byte order; {@link GuestMemory} refuses to start on a big-endian
 * host.
 */
@SuppressWarnings("removal") // No supported replacement is as fast; see the class comment.
public final class RawMemory {
  private static final Unsafe UNSAFE = unsafe();

  private RawMemory() {}

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Bytes in a page of this host. */
  public static int pageSize() {
    return UNSAFE.pageSize();
  }

  /** Allocates {@code bytes} zeroed bytes that live until {@link #free}. */
  public static long allocate(long bytes) {
    long address = UNSAFE.allocateMemory(bytes);
    UNSAFE.setMemory(address, bytes, (byte) 0);
    return address;
  }

  /** Frees what {@link #allocate} gave. */
  public static void free(long address) {
    UNSAFE.freeMemory(address);
  }

  /** Fills {@code bytes} bytes with {@code value}. */
  public static void fill(long address, long bytes, byte value) {
    UNSAFE.setMemory(address, bytes, value);
  }

  /** Copies {@code bytes} bytes; the ranges may overlap. */
  public static void copy(long source, long destination, long bytes) {
    UNSAFE.copyMemory(source, destination, bytes);
  }

  /** Copies from an array into memory. */
  public static void copyIn(byte[] source, int offset, long destination, long bytes) {
    UNSAFE.copyMemory(
        source, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, null, destination, bytes);
  }

  /** Copies from memory into an array. */
  public static void copyOut(long source, byte[] destination, int offset, long bytes) {
    UNSAFE.copyMemory(
        null, source, destination, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, bytes);
  }

  /** The element of an array at an offset in bytes, which nobody checks. */
  public static long getElement(long[] array, long offset) {
    return UNSAFE.getLong(array, Unsafe.ARRAY_LONG_BASE_OFFSET + offset);
  }

  /** Writes the element of an array at an offset in bytes, which nobody checks. */
  public static void putElement(long[] array, long offset, long value) {
    UNSAFE.putLong(array, Unsafe.ARRAY_LONG_BASE_OFFSET + offset, value);
  }

  public static byte getByte(long address) {
    return UNSAFE.getByte(address);
  }

  public static short getShort(long address) {
    return UNSAFE.getShort(address);
  }

  public static int getInt(long address) {
    return UNSAFE.getInt(address);
  }

  public static long getLong(long address) {
    return UNSAFE.getLong(address);
  }

  public static void putByte(long address, byte value) {
    UNSAFE.putByte(address, value);
  }

  public static void putShort(long address, short value) {
    UNSAFE.putShort(address, value);
  }

  public static void putInt(long address, int value) {
    UNSAFE.putInt(address, value);
  }

  public static void putLong(long address, long value) {
    UNSAFE.putLong(address, value);
  }

  /** Volatile read; the address must be naturally aligned. */
  public static short getShortVolatile(long address) {
    return UNSAFE.getShortVolatile(null, address);
  }

  /** Volatile read; the address must be naturally aligned. */
  public static int getIntVolatile(long address) {
    return UNSAFE.getIntVolatile(null, address);
  }

  /** Volatile read; the address must be naturally aligned. */
  public static long getLongVolatile(long address) {
    return UNSAFE.getLongVolatile(null, address);
  }

  /** Volatile write; the address must be naturally aligned. */
  public static void putShortVolatile(long address, short value) {
    UNSAFE.putShortVolatile(null, address, value);
  }

  /** Volatile write; the address must be naturally aligned. */
  public static void putIntVolatile(long address, int value) {
    UNSAFE.putIntVolatile(null, address, value);
  }

  /** Volatile write; the address must be naturally aligned. */
  public static void putLongVolatile(long address, long value) {
    UNSAFE.putLongVolatile(null, address, value);
  }

  /** Atomic compare and set with volatile semantics; naturally aligned addresses only. */
  public static boolean compareAndSetInt(long address, int expected, int value) {
    return UNSAFE.compareAndSwapInt(null, address, expected, value);
  }

  /** Atomic compare and set with volatile semantics; naturally aligned addresses only. */
  public static boolean compareAndSetLong(long address, long expected, long value) {
    return UNSAFE.compareAndSwapLong(null, address, expected, value);
  }

  /** Atomic fetch-and-add; naturally aligned addresses only. */
  public static int getAndAddInt(long address, int delta) {
    return UNSAFE.getAndAddInt(null, address, delta);
  }

  /** Atomic fetch-and-add; naturally aligned addresses only. */
  public static long getAndAddLong(long address, long delta) {
    return UNSAFE.getAndAddLong(null, address, delta);
  }

  /** Atomic swap; naturally aligned addresses only. */
  public static int getAndSetInt(long address, int value) {
    return UNSAFE.getAndSetInt(null, address, value);
  }

  /** Atomic swap; naturally aligned addresses only. */
  public static long getAndSetLong(long address, long value) {
    return UNSAFE.getAndSetLong(null, address, value);
  }

  /** Orders every access before it before every access after it. */
  public static void fullFence() {
    UNSAFE.fullFence();
  }
}
