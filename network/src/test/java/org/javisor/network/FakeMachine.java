package org.javisor.network;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.IcmpMessage;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Header;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.InternetChecksum;

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

  /** The next frame of a type; a kernel says other things as well, such as IPv6's. */
  byte[] next(int type) throws InterruptedException {
    while (true) {
      byte[] frame = next();
      if (BigEndian.shortAt(frame, Ethernet.TYPE) == type) {
        return frame;
      }
    }
  }

  /** The next IPv4 packet of a protocol; a kernel's bridge also says IGMP, for one. */
  byte[] nextPacket(int protocol) throws InterruptedException {
    while (true) {
      byte[] frame = next(Ethernet.IPV4);
      Ipv4Packet packet = Ipv4Packet.parse(frame);
      if (packet != null && packet.protocol() == protocol) {
        return frame;
      }
    }
  }

  /** An echo request in a packet of so many bytes, most of them random. */
  byte[] echo(long station, Ipv4Address target, int length) {
    byte[] frame = new byte[Ethernet.HEADER + length];
    new Random(length).nextBytes(frame);
    Ethernet.write(frame, station, port.mac().bits(), Ethernet.IPV4);
    Arrays.fill(frame, 14, 42, (byte) 0);
    int start =
        Ipv4Header.write(
            frame,
            Ipv4Packet.ICMP,
            /* source= */ port.address().bits(),
            /* destination= */ target.bits(),
            64,
            length - Ipv4Packet.HEADER);
    frame[start] = IcmpMessage.ECHO_REQUEST;
    BigEndian.putShort(frame, start + 2, InternetChecksum.of(frame, start, frame.length));
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
    byte[] frame = nextPacket(Ipv4Packet.UDP);
    Ipv4Packet packet = Ipv4Packet.parse(frame);
    return new Received(new Ipv4Address(packet.source()), UdpDatagram.parse(frame, packet), frame);
  }

  void send(long gateway, Ipv4Address destination, TcpSegment segment) {
    send(segment.frame(gateway, port.mac().bits(), destination.bits(), port.address().bits()));
  }

  /** The next segment of TCP. */
  TcpSegment nextSegment() throws InterruptedException {
    byte[] frame = nextPacket(Ipv4Packet.TCP);
    return TcpSegment.parse(frame, Ipv4Packet.parse(frame));
  }

  record Received(Ipv4Address source, UdpDatagram datagram, byte[] frame) {}
}
