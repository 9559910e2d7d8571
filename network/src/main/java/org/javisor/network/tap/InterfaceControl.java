package org.javisor.network.tap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.tap.LinuxCalls.CallException;
import org.javisor.virtio.net.MacAddress;

/** What can be said about interfaces of the kernel (netdevice(7)). */
final class InterfaceControl implements AutoCloseable {
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFMTU = 0x8922;
  private static final long SIOCSIFHWADDR = 0x8924;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCBRADDIF = 0x89a2;
  private static final short IFF_UP = 1;
  private static final short ARPHRD_ETHER = 1;

  /** {@code struct ifreq}: the name of an interface, and what is said about it. */
  private static final int REQUEST_BYTES = 40;

  private static final int VALUE = 16;

  private final LinuxCalls calls;
  private final int socket;

  InterfaceControl(LinuxCalls calls) throws CallException {
    this.calls = calls;
    socket = calls.controlSocket();
  }

  /** A request about an interface. */
  static MemorySegment request(Arena arena, String name) {
    MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    request.setString(0, name);
    return request;
  }

  /** A request about an interface, with flags or the like. */
  static MemorySegment request(Arena arena, String name, short value) {
    MemorySegment request = request(arena, name);
    request.set(ValueLayout.JAVA_SHORT, VALUE, value);
    return request;
  }

  void setUp(String name) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      calls.ioctl(socket, SIOCGIFFLAGS, request);
      short flags = (short) (request.get(ValueLayout.JAVA_SHORT, VALUE) | IFF_UP);
      request.set(ValueLayout.JAVA_SHORT, VALUE, flags);
      calls.ioctl(socket, SIOCSIFFLAGS, request);
    }
  }

  void setMtu(String name, int bytes) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      request.set(ValueLayout.JAVA_INT, VALUE, bytes);
      calls.ioctl(socket, SIOCSIFMTU, request);
    }
  }

  void setAddress(String name, MacAddress mac) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name, ARPHRD_ETHER);
      byte[] bytes = new byte[6];
      BigEndian.putMac(bytes, 0, mac.bits());
      MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, VALUE + 2, bytes.length);
      calls.ioctl(socket, SIOCSIFHWADDR, request);
    }
  }

  /** Makes an interface a part of a bridge; nothing if it is already. */
  void addToBridge(String bridge, String name) throws CallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment about = request(arena, name);
      calls.ioctl(socket, SIOCGIFINDEX, about);
      MemorySegment request = request(arena, bridge);
      request.set(ValueLayout.JAVA_INT, VALUE, about.get(ValueLayout.JAVA_INT, VALUE));
      calls.ioctl(socket, SIOCBRADDIF, request);
    }
  }

  @Override
  public void close() {
    calls.close(socket);
  }
}
