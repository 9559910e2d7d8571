package org.javisor.network;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.Frame;

/** Speaks frame by frame for a machine that is not there. */
final class FakeMachine {
  private final MachinePort port;
  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

  FakeMachine(MachinePort port) {
    this.port = port;
    port.connect((frame, sender) -> received.add(frame.bytes()));
  }

  void send(byte[] frame) {
    port.send(Frame.of(frame));
  }

  byte[] next() throws InterruptedException {
    byte[] frame = received.poll(60, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("no frame in 60 s");
    }
    return frame;
  }

  /** Who has an address, by ARP. */
  long resolve(Ipv4Address address) throws InterruptedException {
    send(
        new ArpPacket(
                ArpPacket.REQUEST, port.mac().bits(), port.address().bits(), 0, address.bits())
            .frame(Ethernet.BROADCAST));
    return ArpPacket.parse(next()).senderMac();
  }

  void send(long gateway, Ipv4Address destination, UdpDatagram datagram) {
    send(datagram.frame(gateway, port.mac().bits(), destination.bits(), port.address().bits()));
  }

  /** The next datagram, and from where. */
  Received nextDatagram() throws InterruptedException {
    while (true) {
      byte[] frame = next();
      Ipv4Packet packet =
          BigEndian.shortAt(frame, Ethernet.TYPE) == Ethernet.IPV4 ? Ipv4Packet.parse(frame) : null;
      if (packet != null && packet.protocol() == Ipv4Packet.UDP) {
        return new Received(
            new Ipv4Address(packet.source()), UdpDatagram.parse(frame, packet), frame);
      }
    }
  }

  void send(long gateway, Ipv4Address destination, TcpSegment segment) {
    send(segment.frame(gateway, port.mac().bits(), destination.bits(), port.address().bits()));
  }

  /** The next segment of TCP. */
  TcpSegment nextSegment() throws InterruptedException {
    while (true) {
      byte[] frame = next();
      Ipv4Packet packet =
          BigEndian.shortAt(frame, Ethernet.TYPE) == Ethernet.IPV4 ? Ipv4Packet.parse(frame) : null;
      if (packet != null && packet.protocol() == Ipv4Packet.TCP) {
        return TcpSegment.parse(frame, packet);
      }
    }
  }

  record Received(Ipv4Address source, UdpDatagram datagram, byte[] frame) {}
}
