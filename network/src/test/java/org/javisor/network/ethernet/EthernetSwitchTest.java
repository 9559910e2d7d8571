package org.javisor.network.ethernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.Test;

class EthernetSwitchTest {
  private static final long A = 0x5254_0000_000aL;
  private static final long B = 0x5254_0000_000bL;
  private static final long C = 0x5254_0000_000cL;
  private static final int ADDRESS = Ipv4Address.parse("10.0.0.2").bits();

  private final AtomicLong time = new AtomicLong(12345);
  private final EthernetSwitch lan = new EthernetSwitch(SwitchConfiguration.of(1500), time::get);

  private static final class Station {
    final List<Frame> received = new ArrayList<>();
    final List<Object> senders = new ArrayList<>();
    final SwitchPort port;

    Station(SwitchPort port) {
      this.port = port;
      port.connect(
          (frame, from) -> {
            senders.add(from);
            return received.add(frame);
          });
    }

    void send(byte[] frame) {
      port.send(Frame.of(frame));
    }
  }

  private Station station(PortPolicy policy) throws PortRefusedException {
    return new Station(lan.connect("p" + lan.ports().size(), policy));
  }

  private static PortPolicy open() {
    return new PortPolicy(
        Optional.empty(),
        Optional.empty(),
        SpoofProtection.NONE,
        false,
        8,
        Optional.empty(),
        Optional.empty(),
        1000);
  }

  private static PortPolicy guarded(long mac, boolean isolated) {
    return new PortPolicy(
        Optional.of(new MacAddress(mac)),
        Optional.of(new Ipv4Address(ADDRESS)),
        SpoofProtection.MAC_AND_ADDRESS,
        isolated,
        8,
        Optional.empty(),
        Optional.empty(),
        1000);
  }

  private static byte[] frame(long destination, long source) {
    byte[] frame = new byte[60];
    Ethernet.write(frame, destination, source, 0x88b5);
    return frame;
  }

  private static byte[] ipv4(long destination, long source, int address) {
    byte[] frame = new byte[60];
    Ethernet.write(frame, destination, source, Ethernet.IPV4);
    frame[14] = 0x45;
    BigEndian.putShort(frame, 16, 46);
    frame[23] = 17;
    BigEndian.putInt(frame, 26, address);
    return frame;
  }

  @Test
  void addressesAreLearnedAndForgotten() throws Exception {
    Station a = station(open());
    Station b = station(open());
    Station c = station(open());
    a.send(frame(B, A));
    assertThat(b.received).hasSize(1);
    assertThat(c.received).as("unknown: to all").hasSize(1);
    b.send(frame(A, B));
    a.send(frame(B, A));
    assertThat(c.received).as("known by now").hasSize(1);
    assertThat(b.received).hasSize(2);
    assertThat(a.received).as("never back").hasSize(1);
    time.addAndGet(TimeUnit.SECONDS.toNanos(301));
    a.send(frame(B, A));
    assertThat(c.received).as("forgotten").hasSize(2);
  }

  @Test
  void anAddressMovesWithItsMachineButNotIfItIsBound() throws Exception {
    Station a = station(open());
    Station b = station(open());
    Station c = station(guarded(C, false));
    a.send(frame(B, A));
    b.send(frame(Ethernet.BROADCAST, A));
    c.received.clear();
    c.send(ipv4(A, C, ADDRESS));
    assertThat(b.received).as("A has moved to b").hasSize(2);
    a.send(frame(Ethernet.BROADCAST, C));
    assertThat(a.port.metrics().snapshot().spoofed()).isEqualTo(1);
    b.send(frame(C, A));
    assertThat(c.received).as("C has stayed").hasSize(1);
    assertThatThrownBy(() -> lan.connect("again", guarded(C, false)))
        .isInstanceOf(PortRefusedException.class)
        .hasMessageContaining("52:54:00:00:00:0c");
    c.port.close();
    lan.connect("again", guarded(C, false));
  }

  @Test
  void noPortUsesUpTheTableForOthers() throws Exception {
    Station a = station(open());
    Station b = station(open());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      a.send(frame(B, random.nextLong() & 0xfeff_ffff_ffffL));
    }
    assertThat(lan.stations()).as("seed %d", seed).isLessThanOrEqualTo(8);
    b.send(frame(A, B));
    Station c = station(open());
    a.send(frame(B, A));
    assertThat(c.received).as("B has been learned all the same").isEmpty();
    time.addAndGet(TimeUnit.SECONDS.toNanos(301));
    a.send(frame(B, A));
    b.send(frame(A, B));
    assertThat(c.received).as("A has been learned when others were forgotten").hasSize(1);
  }

  @Test
  void floodsAreLimitedAndOtherFramesPass() throws Exception {
    Station a = station(open());
    Station b = station(open());
    b.send(frame(A, B));
    for (int i = 0; i < 5_000; i++) {
      a.send(frame(Ethernet.BROADCAST, A));
    }
    assertThat(b.received).hasSize(1000);
    assertThat(a.port.metrics().snapshot().overFlood()).isEqualTo(4000);
    a.send(frame(B, A));
    assertThat(b.received).hasSize(1001);
    time.addAndGet(TimeUnit.SECONDS.toNanos(1) / 10);
    for (int i = 0; i < 5_000; i++) {
      a.send(frame(Ethernet.BROADCAST, A));
    }
    assertThat(b.received.size()).isBetween(1099, 1103);
  }

  @Test
  void ratesAreLimitedInBothDirections() throws Exception {
    PortPolicy open = open();
    Station slow =
        station(
            new PortPolicy(
                open.mac(),
                open.address(),
                open.spoofProtection(),
                false,
                8,
                Optional.of(new RateLimit(6_000, 600)),
                Optional.of(new RateLimit(12_000, 1_200)),
                1000));
    Station fast = station(open());
    fast.send(frame(A, B));
    slow.send(frame(B, A));
    slow.received.clear();
    fast.received.clear();
    time.addAndGet(TimeUnit.SECONDS.toNanos(10));
    for (int i = 0; i < 1000; i++) {
      slow.send(frame(B, A));
      fast.send(frame(A, B));
    }
    assertThat(fast.received).hasSize(10);
    assertThat(slow.port.metrics().snapshot().overRate()).isEqualTo(990);
    // Who gets the frames lets them wait, and asks when each one's turn has come.
    assertThat(slow.received).hasSize(1000);
    int passed = 0;
    while (slow.port.nanosToWait(60) == 0) {
      passed++;
    }
    assertThat(passed).isEqualTo(20);
    long wait = slow.port.nanosToWait(60);
    time.addAndGet(wait - 1);
    assertThat(slow.port.nanosToWait(60)).isPositive();
    time.addAndGet(1);
    assertThat(slow.port.nanosToWait(60)).isZero();
    assertThat(slow.port.nanosToWait(60)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
    slow.port.setRates(Optional.empty(), Optional.empty());
    assertThat(slow.port.nanosToWait(60)).isZero();
  }

  @Test
  void whoSendsIsToldByThePortWhateverAddressItSendsFrom() throws Exception {
    Station a = station(open());
    Station b = station(open());
    Station c = station(guarded(C, false));
    a.send(frame(C, A));
    a.send(frame(C, A + 100));
    b.send(frame(C, B));
    assertThat(c.senders).containsExactly(a.port, a.port, b.port);
  }

  @Test
  void ratesChangeWhileFramesPass() throws Exception {
    Station a = station(open());
    Station b = station(open());
    b.send(frame(A, B));
    a.send(frame(B, A));
    b.received.clear();
    a.port.setRates(Optional.of(new RateLimit(6_000, 600)), Optional.empty());
    for (int i = 0; i < 100; i++) {
      a.send(frame(B, A));
    }
    assertThat(b.received).hasSize(10);
    a.port.setRates(Optional.empty(), Optional.empty());
    for (int i = 0; i < 100; i++) {
      a.send(frame(B, A));
    }
    assertThat(b.received).hasSize(110);
  }

  @Test
  void isolatedPortsReachOnlyOthers() throws Exception {
    Station a = station(guarded(A, true));
    Station b = station(guarded(B, true));
    Station gateway = station(PortPolicy.trusted(new MacAddress(C)));
    a.send(ipv4(B, A, ADDRESS));
    a.send(ipv4(Ethernet.BROADCAST, A, ADDRESS));
    a.send(ipv4(C, A, ADDRESS));
    assertThat(b.received).isEmpty();
    assertThat(gateway.received).hasSize(2);
    gateway.send(ipv4(A, C, 1));
    assertThat(a.received).hasSize(1);
  }

  @Test
  void framesFromOthersAddressesAreDropped() throws Exception {
    Station a = station(guarded(A, false));
    Station b = station(open());
    a.send(ipv4(B, A, ADDRESS));
    a.send(new ArpPacket(1, A, ADDRESS, 0, 7).frame(Ethernet.BROADCAST));
    a.send(new ArpPacket(1, A, 0, 0, 7).frame(Ethernet.BROADCAST));
    assertThat(b.received).as("its own").hasSize(3);
    byte[] discover = ipv4(Ethernet.BROADCAST, A, 0);
    BigEndian.putShort(discover, 34, 68);
    BigEndian.putShort(discover, 36, 67);
    a.send(discover);
    byte[] solicitation = ipv6(135, linkLocal(A), 0);
    a.send(solicitation);
    a.send(ipv6(136, linkLocal(A), linkLocal(A)));
    assertThat(b.received).as("DHCP and neighbours").hasSize(6);
    b.received.clear();

    a.send(ipv4(B, C, ADDRESS));
    a.send(ipv4(B, A, ADDRESS + 1));
    a.send(ipv4(B, A, 0));
    a.send(new ArpPacket(2, A, ADDRESS + 1, 0, 7).frame(B));
    a.send(new ArpPacket(2, C, ADDRESS, 0, 7).frame(B));
    byte[] offer = ipv4(Ethernet.BROADCAST, A, ADDRESS);
    BigEndian.putShort(offer, 34, 67);
    BigEndian.putShort(offer, 36, 68);
    a.send(offer);
    a.send(frame(B, A)); // A protocol of which we do not know whose address is in it.
    a.send(ipv6(135, linkLocal(B), 0));
    a.send(ipv6(136, linkLocal(A), linkLocal(B)));
    a.send(ipv6(134, linkLocal(A), 0));
    byte[] hidden = ipv6(134, linkLocal(A), 0);
    hidden[20] = 60;
    a.send(hidden);
    byte[] tagged = new byte[64];
    Ethernet.write(tagged, B, A, 0x8100);
    a.send(tagged);
    for (int length = 14; length < 60; length++) {
      byte[] cut = java.util.Arrays.copyOf(ipv4(B, A, ADDRESS), length);
      a.send(cut);
    }
    assertThat(b.received).isEmpty();
    assertThat(a.port.metrics().snapshot().spoofed()).isEqualTo(12 + 46);
  }

  private static long linkLocal(long mac) {
    return (mac >>> 24 ^ 0x020000) << 40 | 0xff_fe00_0000L | (mac & 0xffffff);
  }

  private static byte[] ipv6(int type, long sourceLow, long targetLow) {
    byte[] frame = new byte[78];
    Ethernet.write(frame, Ethernet.BROADCAST, A, Ethernet.IPV6);
    frame[14] = 0x60;
    frame[20] = 58;
    BigEndian.putShort(frame, 22, 0xfe80);
    BigEndian.putInt(frame, 30, (int) (sourceLow >>> 32));
    BigEndian.putInt(frame, 34, (int) sourceLow);
    frame[54] = (byte) type;
    BigEndian.putShort(frame, 62, 0xfe80);
    BigEndian.putInt(frame, 70, (int) (targetLow >>> 32));
    BigEndian.putInt(frame, 74, (int) targetLow);
    return frame;
  }

  @Test
  void noGuestsFrameThrows() throws Exception {
    Station a = station(guarded(A, false));
    station(open());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int[] types = {Ethernet.ARP, Ethernet.IPV4, Ethernet.IPV6};
    for (int i = 0; i < 100_000; i++) {
      byte[] frame = new byte[random.nextInt(14, 110)];
      random.nextBytes(frame);
      Ethernet.write(frame, Ethernet.BROADCAST, A, types[random.nextInt(3)]);
      if (frame.length > 14 && random.nextBoolean()) {
        frame[14] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
      }
      a.send(frame);
    }
  }

  @Test
  void whatNoSwitchForwardsIsDropped() throws Exception {
    Station a = station(open());
    Station b = station(open());
    a.send(frame(0x0180_c200_000eL, A));
    a.send(frame(B, Ethernet.BROADCAST));
    byte[] tooLong = new byte[1600];
    Ethernet.write(tooLong, B, A, Ethernet.IPV4);
    a.send(tooLong);
    assertThat(b.received).isEmpty();
    assertThat(a.port.metrics().snapshot().malformed()).isEqualTo(3);
  }

  @Test
  void tapsSeeBothDirections() throws Exception {
    Station a = station(open());
    Station b = station(open());
    List<String> seen = new ArrayList<>();
    FrameTap tap = (port, sent, frame) -> seen.add(port.name() + (sent ? " sent" : " received"));
    lan.addTap(tap);
    a.send(frame(B, A));
    lan.removeTap(tap);
    a.send(frame(B, A));
    assertThat(seen).containsExactly("p0 sent", "p1 received");
    assertThat(b.received).hasSize(2);
  }
}
