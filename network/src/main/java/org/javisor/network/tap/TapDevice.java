package org.javisor.network.tap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.network.tap.LinuxCalls.CallException;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A tap device of the Linux kernel (Documentation/networking/tuntap): what is written comes out of
 * the interface, and what the host sends there is read. One that was made for this ends with it,
 * and with this process. Safe from any thread.
 */
final class TapDevice implements AutoCloseable {
  private static final String DEVICE = "/dev/net/tun";
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final long TUNSETIFF = 0x4004_54ca;
  private static final short IFF_TAP = 0x0002;
  private static final short IFF_NO_PI = 0x1000;

  private final TapConfiguration configuration;
  private final LinuxCalls calls;
  private final int device;
  private final int wake;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(Frame.MAXIMUM_BYTES);
  private final MemorySegment out = arena.allocate(Frame.MAXIMUM_BYTES);
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean closed;

  private TapDevice(TapConfiguration configuration, LinuxCalls calls, int device, int wake) {
    this.configuration = configuration;
    this.calls = calls;
    this.device = device;
    this.wake = wake;
  }

  /**
   * Opens a device.
   *
   * @param mtu of an interface that is made for this, in bytes
   * @throws IOException saying what is missing and what to do about it
   */
  static TapDevice open(TapConfiguration configuration, int mtu) throws IOException {
    LinuxCalls calls = LinuxCalls.require();
    int device = openDevice(calls);
    boolean attached = false;
    try {
      boolean ours = !Files.exists(INTERFACES.resolve(configuration.name()));
      attach(calls, device, configuration.name());
      try (InterfaceControl control = new InterfaceControl(calls)) {
        setUp(control, configuration, ours, mtu);
      }
      TapDevice tap = new TapDevice(configuration, calls, device, calls.event());
      attached = true;
      return tap;
    } finally {
      if (!attached) {
        calls.close(device);
      }
    }
  }

  private static int openDevice(LinuxCalls calls) throws IOException {
    try {
      return calls.open(DEVICE);
    } catch (CallException e) {
      throw new IOException(
          switch (e.errno()) {
            case LinuxCalls.ENOENT, LinuxCalls.ENODEV, LinuxCalls.ENXIO ->
                "this host has no " + DEVICE + ": load its kernel's module (modprobe tun)";
            case LinuxCalls.EACCES, LinuxCalls.EPERM ->
                "this user may not open " + DEVICE + ": have the administrator allow it";
            default -> DEVICE + " cannot be opened: " + e.getMessage();
          },
          e);
    }
  }

  private static void attach(LinuxCalls calls, int device, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      calls.ioctl(
          device, TUNSETIFF, InterfaceControl.request(arena, name, (short) (IFF_TAP | IFF_NO_PI)));
    } catch (CallException e) {
      throw new IOException(
          switch (e.errno()) {
            case LinuxCalls.EPERM ->
                ("this user may not use %s as a tap device: have the administrator make it"
                        + " (ip tuntap add dev %s mode tap user %s)")
                    .formatted(name, name, System.getProperty("user.name"));
            case LinuxCalls.EBUSY -> name + " is in use, by another network or program";
            case LinuxCalls.EINVAL ->
                name
                    + " is an interface of another kind: name a new tap device, and have a bridge"
                    + " of the kernel join the two";
            default -> "the kernel makes no tap device " + name + ": " + e.getMessage();
          },
          e);
    }
  }

  /** What was made for us is set up by us; all else is as the administrator wants it. */
  private static void setUp(
      InterfaceControl control, TapConfiguration configuration, boolean ours, int mtu)
      throws IOException {
    String name = configuration.name();
    try {
      if (ours) {
        control.setMtu(name, mtu);
        Optional<MacAddress> address = StableAddress.of(name);
        if (address.isPresent()) {
          control.setAddress(name, address.get());
        }
      }
      if (configuration.bridge().isPresent() && !isPart(name, configuration.bridge().get())) {
        control.addToBridge(configuration.bridge().get(), name);
      }
      if (ours) {
        control.setUp(name);
      }
    } catch (CallException e) {
      String bridge = configuration.bridge().orElse("");
      throw new IOException(
          switch (e.errno()) {
            case LinuxCalls.EPERM ->
                "this user may not change the interface %s: have the administrator do it"
                    .formatted(name);
            case LinuxCalls.ENODEV, LinuxCalls.EINVAL -> bridge + " is no bridge of this host";
            case LinuxCalls.EBUSY -> name + " is a part of another bridge than " + bridge;
            default -> "the interface %s cannot be set up: %s".formatted(name, e.getMessage());
          },
          e);
    }
  }

  private static boolean isPart(String name, String bridge) {
    return Files.exists(INTERFACES.resolve(bridge).resolve("brif").resolve(name));
  }

  TapConfiguration configuration() {
    return configuration;
  }

  /** Hands a frame to the kernel; false if that does not take it. Does not wait. */
  boolean write(byte[] frame) {
    writing.lock();
    try {
      if (closed) {
        return false;
      }
      MemorySegment.copy(frame, 0, out, ValueLayout.JAVA_BYTE, 0, frame.length);
      calls.write(device, out.asSlice(0, frame.length));
      return true;
    } catch (CallException e) {
      // The interface is down, or too much waits there.
      return false;
    } finally {
      writing.unlock();
    }
  }

  /**
   * Waits for a frame of the kernel's.
   *
   * @return null when the device was closed
   * @throws IOException if the interface is no more
   */
  byte @Nullable [] read() throws IOException {
    reading.lock();
    try {
      while (!closed) {
        try {
          int length = calls.read(device, in);
          return in.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        } catch (CallException e) {
          if (e.errno() != LinuxCalls.EAGAIN && e.errno() != LinuxCalls.EINTR) {
            throw e;
          }
          calls.await(device, wake);
        }
      }
      return null;
    } finally {
      reading.unlock();
    }
  }

  /** Lets go of the interface; nobody reads or writes it when this returns. */
  @Override
  public void close() {
    closed = true;
    wakeReader();
    reading.lock();
    writing.lock();
    try {
      if (arena.scope().isAlive()) {
        calls.close(device);
        calls.close(wake);
        arena.close();
      }
    } finally {
      writing.unlock();
      reading.unlock();
    }
  }

  private void wakeReader() {
    writing.lock();
    try (Arena one = Arena.ofConfined()) {
      if (arena.scope().isAlive()) {
        calls.write(wake, one.allocateFrom(ValueLayout.JAVA_LONG, 1));
      }
    } catch (CallException e) {
      throw new IllegalStateException("an event that nobody waits for", e);
    } finally {
      writing.unlock();
    }
  }
}
