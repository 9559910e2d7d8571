package org.javisor.network.tap;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.javisor.network.ethernet.AnycastGateway;
import org.javisor.network.ethernet.PortPolicy;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.OffloadSupport;

/**
 * A tap device at a port of a network's switch: whoever is behind the interface, the kernel itself
 * or a bridge's other members, is in the network as its machines are. An interface that is taken
 * away is asked for again. Frames go into the kernel in the thread of who sends them; nothing waits
 * there.
 */
public final class TapUplink implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TapUplink.class.getName());
  private static final int STATIONS = 4096;
  private static final int FLOODS_PER_SECOND = 5000;
  private static final int VLAN = 0x8100;
  private static final int SERVICE_VLAN = 0x88a8;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final TapConfiguration configuration;
  private final int mtu;
  private final AnycastGateway gateway;
  private final SwitchPort port;
  private final Thread reader;
  private volatile TapDevice device;
  private volatile boolean closed;

  /**
   * Opens the device.
   *
   * @param mtu largest payload of a frame in bytes
   * @param gateway what stays on this host: other hosts behind the interface may have the same one
   * @param port of the network's switch, made with {@link #policy()}; closed with this
   * @throws IOException saying what is missing and what to do about it
   */
  public TapUplink(TapConfiguration configuration, int mtu, AnycastGateway gateway, SwitchPort port)
      throws IOException {
    this.configuration = configuration;
    this.mtu = mtu;
    this.gateway = gateway;
    this.port = port;
    device = TapDevice.open(configuration, mtu);
    port.connect((frame, _) -> outgoing(frame));
    // Not a virtual one: it waits in the kernel.
    reader = Thread.ofPlatform().daemon().name("tap-" + configuration.name()).start(this::run);
  }

  /**
   * What the port of an interface may do. There are many behind it, whom nobody here knows; the
   * addresses of machines and of the gateway are not among theirs, because these are bound to their
   * ports.
   */
  public static PortPolicy policy() {
    return new PortPolicy(
        Optional.empty(),
        Optional.empty(),
        SpoofProtection.NONE,
        false,
        STATIONS,
        Optional.empty(),
        Optional.empty(),
        FLOODS_PER_SECOND);
  }

  private boolean outgoing(Frame frame) {
    if (!mayPass(frame.bytes())) {
      return false;
    }
    boolean taken = true;
    for (Frame whole : OffloadSupport.NONE.adapt(frame)) {
      taken &= device.write(whole.bytes());
    }
    return taken;
  }

  /** A tag would hide from the checks of machines' ports what is behind it. */
  private boolean mayPass(byte[] frame) {
    int type = BigEndian.shortAt(frame, Ethernet.TYPE);
    return type != VLAN && type != SERVICE_VLAN && !gateway.keeps(frame);
  }

  private void run() {
    try {
      while (!closed) {
        try {
          receive();
        } catch (IOException e) {
          LOG.log(Level.WARNING, "the interface " + configuration.name() + " has gone");
          device.close();
          openAgain();
        }
      }
    } catch (InterruptedException e) {
      // It is being closed.
    }
  }

  private void receive() throws IOException {
    for (byte[] frame = device.read(); frame != null; frame = device.read()) {
      if (frame.length >= Frame.MINIMUM_BYTES && mayPass(frame)) {
        port.send(Frame.of(frame));
      }
    }
  }

  private void openAgain() throws InterruptedException {
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed) {
      TimeUnit.MILLISECONDS.sleep(pause);
      try {
        replace(TapDevice.open(configuration, mtu));
        return;
      } catch (IOException e) {
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  private synchronized void replace(TapDevice other) {
    device = other;
    if (closed) {
      other.close();
    }
  }

  /** Lets go of the interface, which is gone when this returns if it was made for this. */
  @Override
  public void close() {
    port.close();
    synchronized (this) {
      closed = true;
      device.close();
    }
    reader.interrupt();
  }
}
