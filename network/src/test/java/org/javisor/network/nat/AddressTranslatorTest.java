package org.javisor.network.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Header;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.UdpDatagram;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.InternetChecksum;
import org.javisor.virtio.net.Offload;
import org.junit.jupiter.api.Test;

class AddressTranslatorTest {
  private static final int OUTSIDE = Ipv4Address.parse("10.0.0.1").bits();
  private static final int WEB = Ipv4Address.parse("10.0.0.2").bits();
  private static final int DB = Ipv4Address.parse("10.0.0.3").bits();
  private static final int REMOTE = Ipv4Address.parse("198.51.100.7").bits();
  private static final long MAC = 0x5254_0000_0001L;
  private static final int SYN = 2;
  private static final int ACK = 0x10;
  private static final int RST = 4;

  private final AtomicLong time = new AtomicLong();
  private final AddressTranslator nat = new AddressTranslator(OUTSIDE, time::get, new Random(1));

  private static byte[] udp(int source, int sourcePort, int destination, int destinationPort) {
    return new UdpDatagram(sourcePort, destinationPort, "hello".getBytes())
        .frame(9, MAC, destination, source);
  }

  private static byte[] tcp(
      int source, int sourcePort, int destination, int destinationPort, int flags) {
    byte[] frame = new byte[14 + 20 + 20 + 11];
    Ethernet.write(frame, 9, MAC, Ethernet.IPV4);
    int start = Ipv4Header.write(frame, Ipv4Packet.TCP, source, destination, 64, 31);
    BigEndian.putShort(frame, start, sourcePort);
    BigEndian.putShort(frame, start + 2, destinationPort);
    frame[start + 12] = 0x50;
    frame[start + 13] = (byte) flags;
    frame[start + 22] = 77;
    long pseudo = InternetChecksum.pseudoHeader(source, destination, 6, 31);
    BigEndian.putShort(
        frame,
        start + 16,
        ~InternetChecksum.fold(InternetChecksum.sum(frame, start, frame.length, pseudo)));
    return frame;
  }

  private static byte[] echo(int type, int source, int destination, int identifier) {
    byte[] frame = new byte[14 + 20 + 16];
    Ethernet.write(frame, 9, MAC, Ethernet.IPV4);
    int start = Ipv4Header.write(frame, Ipv4Packet.ICMP, source, destination, 64, 16);
    frame[start] = (byte) type;
    BigEndian.putShort(frame, start + 4, identifier);
    BigEndian.putShort(frame, start + 2, InternetChecksum.of(frame, start, frame.length));
    return frame;
  }

  private byte[] out(byte[] frame) {
    return nat.outgoing(Frame.of(frame), Ipv4Packet.parse(frame), true);
  }

  private Station in(byte[] frame) {
    return nat.incoming(frame, Ipv4Packet.parse(frame));
  }

  private static int sourcePort(byte[] frame) {
    return BigEndian.shortAt(frame, 34);
  }

  /** All checksums, computed anew. */
  private static void assertRight(byte[] frame) {
    Ipv4Packet packet = Ipv4Packet.parse(frame);
    assertThat(packet).isNotNull();
    assertThat(InternetChecksum.of(frame, 14, packet.payload())).isZero();
    int length = packet.end() - packet.payload();
    long pseudo =
        packet.protocol() == Ipv4Packet.ICMP
            ? 0
            : InternetChecksum.pseudoHeader(
                packet.source(), packet.destination(), packet.protocol(), length);
    assertThat(
            InternetChecksum.fold(
                InternetChecksum.sum(frame, packet.payload(), packet.end(), pseudo)))
        .isEqualTo(0xffff);
  }

  @Test
  void conversationsGoThereAndBack() {
    byte[] original = udp(WEB, 5000, REMOTE, 53);
    byte[] sent = out(original);
    assertThat(Ipv4Packet.parse(original).source()).as("others may hold it").isEqualTo(WEB);
    assertThat(Ipv4Packet.parse(sent).source()).isEqualTo(OUTSIDE);
    assertRight(sent);
    byte[] back = udp(REMOTE, 53, OUTSIDE, sourcePort(sent));
    assertThat(in(back)).isEqualTo(new Station(MAC, WEB));
    assertRight(back);
    assertThat(BigEndian.shortAt(back, 36)).isEqualTo(5000);

    byte[] syn = out(tcp(WEB, 5000, REMOTE, 80, SYN));
    assertRight(syn);
    byte[] synAck = tcp(REMOTE, 80, OUTSIDE, sourcePort(syn), SYN | ACK);
    assertThat(in(synAck)).isNotNull();
    assertRight(synAck);

    byte[] request = out(echo(8, WEB, REMOTE, 99));
    assertRight(request);
    byte[] reply = echo(0, REMOTE, OUTSIDE, BigEndian.shortAt(request, 38));
    assertThat(in(reply)).isNotNull();
    assertRight(reply);
    assertThat(BigEndian.shortAt(reply, 38)).isEqualTo(99);
    assertThat(nat.flows()).isEqualTo(3);
  }

  @Test
  void aPartialChecksumIsCompletedOnTheWay() {
    byte[] frame = tcp(WEB, 5000, REMOTE, 80, SYN);
    BigEndian.putShort(
        frame, 34 + 16, InternetChecksum.fold(InternetChecksum.pseudoHeader(WEB, REMOTE, 6, 31)));
    assertRight(
        nat.outgoing(new Frame(frame, Offload.partial(34, 16)), Ipv4Packet.parse(frame), true));
  }

  @Test
  void nobodyOutsideGetsInUninvited() {
    byte[] sent = out(udp(WEB, 5000, REMOTE, 53));
    int port = sourcePort(sent);
    assertThat(in(udp(REMOTE, 54, OUTSIDE, port))).isNull();
    assertThat(in(udp(REMOTE + 1, 53, OUTSIDE, port))).isNull();
    assertThat(in(udp(REMOTE, 53, OUTSIDE, port == 20_000 ? 20_001 : 20_000))).isNull();
    assertThat(in(tcp(REMOTE, 53, OUTSIDE, port, SYN))).isNull();
    assertThat(in(udp(REMOTE, 53, WEB, port))).isNull();
  }

  @Test
  void anAnnouncedConnectionGetsInOnce() {
    nat.announce(7000, REMOTE, 1234, new Station(MAC, WEB), 80);
    assertThat(in(tcp(REMOTE, 1235, OUTSIDE, 7000, SYN))).isNull();
    byte[] syn = tcp(REMOTE, 1234, OUTSIDE, 7000, SYN);
    assertThat(in(syn)).isEqualTo(new Station(MAC, WEB));
    assertRight(syn);
    assertThat(BigEndian.shortAt(syn, 36)).isEqualTo(80);
    byte[] answer = tcp(WEB, 80, REMOTE, 1234, SYN | ACK);
    byte[] translated = nat.outgoing(Frame.of(answer), Ipv4Packet.parse(answer), false);
    assertRight(translated);
    assertThat(sourcePort(translated)).isEqualTo(7000);
    assertThat(
            nat.outgoing(
                Frame.of(tcp(WEB, 81, REMOTE, 1234, SYN)),
                Ipv4Packet.parse(tcp(WEB, 81, REMOTE, 1234, SYN)),
                false))
        .as("may not begin one itself")
        .isNull();
  }

  @Test
  void anAnnouncementIsForgotten() {
    nat.announce(7000, REMOTE, 1234, new Station(MAC, WEB), 80);
    time.addAndGet(TimeUnit.SECONDS.toNanos(31));
    nat.announce(7000, REMOTE, 1235, new Station(MAC, WEB), 80);
    assertThat(in(tcp(REMOTE, 1234, OUTSIDE, 7000, SYN))).isNull();
  }

  @Test
  void conversationsAge() {
    out(udp(WEB, 5000, REMOTE, 53));
    byte[] syn = out(tcp(WEB, 5000, REMOTE, 80, SYN));
    in(tcp(REMOTE, 80, OUTSIDE, sourcePort(syn), SYN | ACK));
    out(tcp(WEB, 5001, REMOTE, 80, SYN)); // Never answered.
    out(tcp(WEB, 5002, REMOTE, 80, RST));
    time.addAndGet(TimeUnit.MINUTES.toNanos(6));
    out(echo(8, WEB, REMOTE, 1));
    assertThat(nat.flows()).as("the established one and the echo").isEqualTo(2);
    time.addAndGet(TimeUnit.HOURS.toNanos(3));
    out(echo(8, WEB, REMOTE, 1));
    out(echo(8, WEB, REMOTE, 2));
    assertThat(nat.flows()).isEqualTo(2);
  }

  @Test
  void noMachineUsesUpThePortsOfOthers() {
    byte[] other = out(udp(DB, 1, REMOTE, 53));
    for (int i = 0; i < 60_000; i++) {
      assertThat(out(udp(WEB, i % 60_000 + 1, REMOTE + i / 60_000, 53))).isNotNull();
    }
    assertThat(nat.flows()).isEqualTo(AddressTranslator.FLOWS_OF_ONE + 1);
    assertThat(in(udp(REMOTE, 53, OUTSIDE, sourcePort(other)))).isEqualTo(new Station(MAC, DB));
    assertThat(sourcePort(out(udp(WEB, 60_000, REMOTE, 53))))
        .as("the youngest are there")
        .isEqualTo(sourcePort(out(udp(WEB, 60_000, REMOTE, 53))));
  }

  @Test
  void noPacketThrows() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] frame = new byte[random.nextInt(34, 80)];
      random.nextBytes(frame);
      frame[14] = (byte) (0x40 | random.nextInt(5, 8));
      BigEndian.putShort(frame, 16, random.nextInt(20, frame.length - 13));
      BigEndian.putShort(frame, 20, random.nextInt(8) == 0 ? random.nextInt(0x4000) : 0);
      frame[23] = (byte) new int[] {1, 6, 17, 50}[random.nextInt(4)];
      Ipv4Packet packet = Ipv4Packet.parse(frame);
      if (packet != null) {
        out(frame);
        BigEndian.putInt(frame, Ipv4Packet.DESTINATION, OUTSIDE);
        in(frame);
      }
    }
    assertThat(nat.flows()).as("seed %d", seed).isLessThanOrEqualTo(AddressTranslator.FLOWS);
  }
}
