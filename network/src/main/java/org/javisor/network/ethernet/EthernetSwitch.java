package org.javisor.network.ethernet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.Offload.Segmentation;
import org.jspecify.annotations.Nullable;

/**
 * A learning switch. Frames pass by reference, in the thread of their sender: there is no queue
 * here that anyone could fill. Safe from any thread.
 */
public final class EthernetSwitch {
  /** A tag of a virtual LAN may make a frame longer by this. */
  private static final int TAG = 4;

  /** Addresses that no switch forwards (IEEE 802.1Q, table 8-1): 01-80-C2-00-00-00 to -0F. */
  private static final long RESERVED = 0x0180_c200_0000L;

  private final SwitchConfiguration configuration;
  private final LongSupplier nanoTime;
  private final ForwardingTable table;
  private final CopyOnWriteArrayList<SwitchPort> ports = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<FrameTap> taps = new CopyOnWriteArrayList<>();

  /**
   * A switch without ports.
   *
   * @param nanoTime a monotonic clock
   */
  public EthernetSwitch(SwitchConfiguration configuration, LongSupplier nanoTime) {
    this.configuration = configuration;
    this.nanoTime = nanoTime;
    this.table = new ForwardingTable(configuration.ageing().toNanos(), nanoTime);
  }

  /**
   * A new port.
   *
   * @throws PortRefusedException if another port has its Ethernet address, or there are too many
   */
  public synchronized SwitchPort connect(String name, PortPolicy policy)
      throws PortRefusedException {
    SwitchPort port = reserve(name, policy);
    open(port);
    return port;
  }

  /**
   * A port through which nothing goes before {@link SwitchPort#open}; until then, its Ethernet
   * address may be elsewhere in the network.
   *
   * @throws PortRefusedException if another port has its Ethernet address, or there are too many
   */
  public synchronized SwitchPort reserve(String name, PortPolicy policy)
      throws PortRefusedException {
    if (ports.size() >= configuration.ports()) {
      throw new PortRefusedException("all " + configuration.ports() + " ports are in use");
    }
    for (SwitchPort other : ports) {
      if (policy.mac().isPresent() && policy.mac().equals(other.policy().mac())) {
        throw new PortRefusedException(
            "another port has the Ethernet address " + policy.mac().get());
      }
    }
    SwitchPort port = new SwitchPort(this, name, policy, nanoTime);
    ports.add(port);
    return port;
  }

  synchronized void open(SwitchPort port) {
    if (ports.contains(port)) {
      port.policy().mac().ifPresent(mac -> table.bind(mac.bits(), port));
      port.setOpen(true);
    }
  }

  synchronized void remove(SwitchPort port) {
    port.setOpen(false);
    ports.remove(port);
    table.removePort(port);
  }

  /** The ports now. */
  public List<SwitchPort> ports() {
    return List.copyOf(ports);
  }

  /** Ethernet addresses known now. */
  public int stations() {
    return table.size();
  }

  /** From now on the tap sees all frames at all ports. */
  public void addTap(FrameTap tap) {
    taps.add(tap);
  }

  /** The tap sees no more. */
  public void removeTap(FrameTap tap) {
    taps.remove(tap);
  }

  void forward(SwitchPort from, Frame frame) {
    forward(from, frame, false);
  }

  /** Forwards what the host itself says in the name of a port, which no limit holds back. */
  void announce(SwitchPort from, Frame frame) {
    forward(from, frame, true);
  }

  private void forward(SwitchPort from, Frame frame, boolean unlimited) {
    byte[] bytes = frame.bytes();
    long source = BigEndian.macAt(bytes, Ethernet.SOURCE);
    long destination = BigEndian.macAt(bytes, Ethernet.DESTINATION);
    if (Ethernet.group(source) || tooLong(frame) || (destination & ~0xfL) == RESERVED) {
      from.metrics().malformed.increment();
      return;
    }
    if (!table.learn(source, from)) {
      from.metrics().spoofed.increment();
      return;
    }
    from.metrics().framesSent.increment();
    from.metrics().bytesSent.add(bytes.length);
    show(from, true, frame);
    boolean group = Ethernet.group(destination);
    SwitchPort to = group ? null : table.find(destination);
    if (to == null) {
      flood(from, frame, group, unlimited);
    } else if (to != from) {
      deliver(from, to, frame);
    }
  }

  private boolean tooLong(Frame frame) {
    return frame.offload().segmentation() == Segmentation.NONE
        && frame.length() > Ethernet.HEADER + TAG + configuration.mtu();
  }

  private void flood(SwitchPort from, Frame frame, boolean group, boolean unlimited) {
    if (!unlimited && !from.mayFlood()) {
      from.metrics().overFlood.increment();
      return;
    }
    for (SwitchPort to : ports) {
      // Behind a port that sends from its own address alone, there is no unknown one to look for.
      if (to != from
          && to.isOpen()
          && (group || to.policy().spoofProtection() == SpoofProtection.NONE)) {
        deliver(from, to, frame);
      }
    }
  }

  private void deliver(SwitchPort from, SwitchPort to, Frame frame) {
    if (from.policy().isolated() && to.policy().isolated()) {
      from.metrics().isolated.increment();
      return;
    }
    show(to, false, frame);
    to.deliver(frame, from);
  }

  private void show(SwitchPort port, boolean sent, Frame frame) {
    for (FrameTap tap : taps) {
      tap.frame(port, sent, frame);
    }
  }

  /** The port with an Ethernet address bound or learned, or null. */
  public @Nullable SwitchPort find(long mac) {
    return table.find(mac);
  }
}
