package org.javisor.network;

import org.javisor.network.ethernet.PortMetrics;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.FrameReceiver;
import org.javisor.virtio.net.MacAddress;

/** Where a machine is plugged in, and the address that is reserved for it. */
public final class MachinePort implements FramePort, AutoCloseable {
  private final String machine;
  private final MacAddress mac;
  private final Ipv4Address address;
  private final int prefix;
  private final int mtu;
  private final SwitchPort port;
  private final Runnable unplugged;

  MachinePort(
      String machine,
      MacAddress mac,
      Ipv4Address address,
      int prefix,
      int mtu,
      SwitchPort port,
      Runnable unplugged) {
    this.machine = machine;
    this.mac = mac;
    this.address = address;
    this.prefix = prefix;
    this.mtu = mtu;
    this.port = port;
    this.unplugged = unplugged;
  }

  /** The machine's name. */
  public String machine() {
    return machine;
  }

  /** The Ethernet address its card is to have. */
  public MacAddress mac() {
    return mac;
  }

  /** The address that the machine gets when it asks for one, now and at any later time. */
  public Ipv4Address address() {
    return address;
  }

  /** Bits of the address that all of the network have in common. */
  public int prefix() {
    return prefix;
  }

  /** The largest payload of a frame in bytes, for the card. */
  public int mtu() {
    return mtu;
  }

  /** What has happened here. */
  public PortMetrics metrics() {
    return port.metrics();
  }

  /** Puts other limits in force at once. */
  public void setRates(PortRates rates) {
    port.setRates(rates.send(), rates.receive());
  }

  /**
   * Tells all switches of the network, on this host and through the tunnel, that the machine is
   * here: a gratuitous ARP for its address, or a RARP where it may have another one. Returns at
   * once; it is said again a few times within the next second.
   */
  public void announce() {
    Announcement.of(port, mac, address);
  }

  /**
   * Has a machine that was expected ({@link VirtualNetwork#expect}) be here from now on, and
   * announces it. Where it was before, its port should be closed by now.
   */
  public void arrive() {
    port.open();
    announce();
  }

  /** The same without a word: for a machine that was nowhere before. */
  void open() {
    port.open();
  }

  @Override
  public void connect(FrameReceiver receiver) {
    port.connect(receiver);
  }

  @Override
  public void send(Frame frame) {
    port.send(frame);
  }

  @Override
  public long nanosToWait(int bytes) {
    return port.nanosToWait(bytes);
  }

  @Override
  public int waitingBytes() {
    return port.waitingBytes();
  }

  /** Unplugs the machine; its address stays reserved under its name. */
  @Override
  public void close() {
    port.close();
    unplugged.run();
  }
}
