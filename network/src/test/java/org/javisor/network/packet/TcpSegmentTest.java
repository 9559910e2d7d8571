package org.javisor.network.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.javisor.virtio.net.InternetChecksum;
import org.junit.jupiter.api.Test;

class TcpSegmentTest {
  private static final int FROM = 0x0a00_0002;
  private static final int TO = 0x0a00_0001;
  private static final int START = Ethernet.HEADER + Ipv4Packet.HEADER;

  private static TcpSegment segment(int flags, int maximum, byte[] payload) {
    return new TcpSegment(4000, 53, 0x8000_0001, 7, flags, 60_000, maximum, payload);
  }

  private static byte[] frame(TcpSegment segment) {
    return segment.frame(1, 2, TO, FROM);
  }

  private static TcpSegment parse(byte[] frame) {
    return TcpSegment.parse(frame, Ipv4Packet.parse(frame));
  }

  /** Makes the checksum right again after a change. */
  private static byte[] summed(byte[] frame) {
    BigEndian.putShort(frame, START + 16, 0);
    long pseudo = InternetChecksum.pseudoHeader(FROM, TO, Ipv4Packet.TCP, frame.length - START);
    int sum = ~InternetChecksum.fold(InternetChecksum.sum(frame, START, frame.length, pseudo));
    BigEndian.putShort(frame, START + 16, sum);
    return frame;
  }

  @Test
  void whatIsWrittenIsRead() {
    byte[] payload = {1, 2, 3};
    TcpSegment read = parse(frame(segment(TcpSegment.SYN, 1400, payload)));
    assertThat(read).usingRecursiveComparison().isEqualTo(segment(TcpSegment.SYN, 1400, payload));
    assertThat(read.length()).isEqualTo(4);
  }

  @Test
  void aRefusalIsAcceptableToWhoSent() {
    TcpSegment syn = segment(TcpSegment.SYN, 0, new byte[0]).reset();
    assertThat(syn.flags()).isEqualTo(TcpSegment.RST | TcpSegment.ACK);
    assertThat(syn.acknowledgment()).isEqualTo(0x8000_0002);
    TcpSegment data = segment(TcpSegment.ACK, 0, new byte[10]).reset();
    assertThat(data.flags()).isEqualTo(TcpSegment.RST);
    assertThat(data.sequence()).isEqualTo(7);
    byte[] reset = frame(data);
    assertThat(TcpSegment.refusal(reset, Ipv4Packet.parse(reset))).isNull();
  }

  @Test
  void optionsThatLieAreNotRead() {
    byte[] good = frame(segment(TcpSegment.SYN, 1400, new byte[0]));
    for (int length : new int[] {0, 1, 3, 5, 255}) {
      byte[] bad = good.clone();
      bad[START + TcpSegment.HEADER + 1] = (byte) length;
      assertThat(parse(summed(bad)).maximumSize()).as("length %d", length).isZero();
    }
    byte[] outside = good.clone();
    outside[START + 12] = (byte) 0xf0;
    assertThat(parse(summed(outside))).isNull();
  }

  @Test
  void noFrameThrows() {
    Random random = new Random(9293);
    byte[] good = frame(segment(TcpSegment.SYN, 1400, new byte[40]));
    for (int i = 0; i < 100_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(START, good.length + 1));
      for (int change = random.nextInt(1, 8); change > 0; change--) {
        bad[random.nextInt(START - 20, bad.length)] = (byte) random.nextInt(256);
      }
      Ipv4Packet packet = Ipv4Packet.parse(bad);
      if (packet != null && bad.length >= START + 20) {
        TcpSegment.parse(summed(bad), packet);
      }
    }
  }
}
