package org.javisor.virtio.net;

import java.util.Arrays;
import org.javisor.virtio.queue.GuestBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the control queue that set up the receive filter (virtio 1.2, section 5.1.6.5):
 * class u8, command u8, data, and one byte of answer.
 */
final class ControlCommands {
  static final int OK = 0;
  static final int ERROR = 1;

  private static final int CLASS_RECEIVE = 0;
  private static final int CLASS_MAC = 1;
  private static final int MAC_TABLE_SET = 0;
  private static final int MAC_ADDRESS_SET = 1;

  /** The switches in the order of their command numbers. */
  private static final int[] MODES = {
    ReceiveFilter.PROMISCUOUS,
    ReceiveFilter.ALL_MULTICAST,
    ReceiveFilter.ALL_UNICAST,
    ReceiveFilter.NO_MULTICAST,
    ReceiveFilter.NO_UNICAST,
    ReceiveFilter.NO_BROADCAST
  };

  private ControlCommands() {}

  /** Whether the next command sets the device's own address; looks without reading on. */
  static boolean setsAddress(GuestBuffer command) {
    int kind = command.readUnsignedByte();
    int number = command.readUnsignedByte();
    command.rewind();
    return kind == CLASS_MAC && number == MAC_ADDRESS_SET;
  }

  /** The address in a command to set the device's own, or -1 if it has the wrong size. */
  static long address(GuestBuffer command) {
    command.skip(2);
    if (command.remaining() != MacAddress.BYTES) {
      return -1;
    }
    return readAddress(command);
  }

  /** The filter after a command, or null if the command is unknown or malformed. */
  static @Nullable ReceiveFilter apply(ReceiveFilter filter, GuestBuffer command) {
    int kind = command.readUnsignedByte();
    int number = command.readUnsignedByte();
    if (kind == CLASS_RECEIVE && number < MODES.length && command.remaining() == 1) {
      return filter.withMode(MODES[number], command.readUnsignedByte() != 0);
    }
    if (kind == CLASS_MAC && number == MAC_TABLE_SET) {
      return applyTable(filter, command);
    }
    return null;
  }

  /** Two lists, of unicast and of multicast addresses: count u32, then the addresses. */
  private static @Nullable ReceiveFilter applyTable(ReceiveFilter filter, GuestBuffer command) {
    long[] table = new long[ReceiveFilter.MAXIMUM_ADDRESSES];
    int size = 0;
    boolean allUnicast = false;
    boolean allMulticast = false;
    for (int list = 0; list < 2; list++) {
      if (command.remaining() < 4) {
        return null;
      }
      long count = command.readInt() & 0xffff_ffffL;
      if (count * MacAddress.BYTES > command.remaining()) {
        return null;
      }
      if (count > ReceiveFilter.MAXIMUM_ADDRESSES - size) {
        allUnicast |= list == 0;
        allMulticast |= list == 1;
        command.skip(count * MacAddress.BYTES);
      } else {
        for (int i = 0; i < count; i++) {
          table[size++] = readAddress(command);
        }
      }
    }
    if (command.remaining() != 0) {
      return null;
    }
    long[] used = Arrays.copyOf(table, size);
    return filter
        .withAddresses(used)
        .withMode(ReceiveFilter.OVERFLOW_UNICAST, allUnicast)
        .withMode(ReceiveFilter.OVERFLOW_MULTICAST, allMulticast);
  }

  private static long readAddress(GuestBuffer command) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | command.readUnsignedByte();
    }
    return bits;
  }
}
