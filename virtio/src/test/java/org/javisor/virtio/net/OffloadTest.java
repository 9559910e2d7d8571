package org.javisor.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.net.Offload.Checksum;
import org.javisor.virtio.net.Offload.Segmentation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What guests leave to each other, and what is done in software where the other one does not. */
class OffloadTest {
  private static final MacAddress OWN = MacAddress.parse("52:54:00:00:00:01");
  private static final long CHECKSUM = 1;
  private static final long GUEST_CHECKSUM = 2;
  private static final long GUEST_TCP = 1 << 7 | 1 << 8;
  private static final long HOST_TCP = 1 << 11 | 1 << 12;
  private static final long MERGEABLE = 1 << 15;
  private static final DriverOptions OPTIONS = new DriverOptions(false, false, false);
  private static final int SEGMENT = 1000;

  /** Several segments of TCP in one, with options, FIN, PSH and CWR set. */
  static Frame large(Random random, boolean ipv6, int payload) {
    int tcp = ipv6 ? 54 : 34;
    byte[] bytes = new byte[tcp + 32 + payload];
    random.nextBytes(bytes);
    OWN.writeTo(bytes, 0);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.putShort(12, (short) (ipv6 ? 0x86dd : 0x0800));
    if (ipv6) {
      buffer.putInt(14, 0x60000000);
      buffer.putShort(18, (short) (bytes.length - 54));
      buffer.put(20, (byte) 6);
    } else {
      buffer.put(14, (byte) 0x45);
      buffer.putShort(16, (short) (bytes.length - 14));
      buffer.putShort(18, (short) 0xffff);
      buffer.putShort(20, (short) 0x4000);
      buffer.put(23, (byte) 6);
      buffer.putShort(24, (short) 0);
      buffer.putShort(24, (short) InternetChecksum.of(bytes, 14, 34));
    }
    buffer.putInt(tcp + 4, -100); // The sequence number runs over.
    buffer.put(tcp + 12, (byte) 0x80);
    buffer.put(tcp + 13, (byte) 0x99);
    long pseudo = pseudo(bytes, ipv6) + bytes.length - tcp;
    buffer.putShort(tcp + 16, (short) InternetChecksum.fold(pseudo));
    return new Frame(
        bytes,
        new Offload(
            Checksum.PARTIAL, tcp, 16, ipv6 ? Segmentation.TCP6 : Segmentation.TCP4, SEGMENT));
  }

  private static long pseudo(byte[] bytes, boolean ipv6) {
    return InternetChecksum.sum(bytes, ipv6 ? 22 : 26, ipv6 ? 54 : 34, 6);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void segmentsAreWhatTheSenderWouldHaveSent(boolean ipv6) {
    Frame large = large(new Random(1), ipv6, 5_300);
    int tcp = large.offload().checksumStart();
    List<Frame> segments = OffloadSupport.NONE.adapt(large);
    assertThat(segments).hasSize(6);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (int i = 0; i < segments.size(); i++) {
      byte[] segment = segments.get(i).bytes();
      ByteBuffer buffer = ByteBuffer.wrap(segment);
      assertThat(segments.get(i).offload().complete()).isTrue();
      assertThat(buffer.getInt(tcp + 4)).isEqualTo(-100 + i * SEGMENT);
      boolean last = i == segments.size() - 1;
      assertThat(buffer.get(tcp + 13) & 0xff)
          .isEqualTo(0x10 | (i == 0 ? 0x80 : 0) | (last ? 9 : 0));
      long sum = pseudo(segment, ipv6) + segment.length - tcp;
      assertThat(InternetChecksum.fold(InternetChecksum.sum(segment, tcp, segment.length, sum)))
          .isEqualTo(0xffff);
      if (ipv6) {
        assertThat(buffer.getShort(18)).isEqualTo((short) (segment.length - 54));
      } else {
        assertThat(InternetChecksum.of(segment, 14, 34)).isZero();
        assertThat(buffer.getShort(16)).isEqualTo((short) (segment.length - 14));
        assertThat(buffer.getShort(18)).isEqualTo((short) (0xffff + i));
      }
      payload.write(segment, tcp + 32, segment.length - tcp - 32);
    }
    byte[] whole = large.bytes();
    assertThat(payload.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, tcp + 32, whole.length));
  }

  @Test
  void aPartialChecksumIsCompleted() {
    Frame large = large(new Random(2), false, 501);
    Frame partial = new Frame(large.bytes(), Offload.partial(34, 16));
    byte[] whole = OffloadSupport.NONE.adapt(partial).getFirst().bytes();
    long sum = pseudo(whole, false) + whole.length - 34;
    assertThat(InternetChecksum.fold(InternetChecksum.sum(whole, 34, whole.length, sum)))
        .isEqualTo(0xffff);
    assertThat(partial.bytes()).as("others may hold it").isEqualTo(large.bytes());
  }

  @Test
  void updatesAreWhatComputingAnewGives() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      buffer.putShort(10, (short) 0);
      int before = InternetChecksum.of(bytes, 0, 20);
      int old = buffer.getInt(12);
      int changed = random.nextInt(4) == 0 ? ~old : random.nextInt();
      buffer.putInt(12, changed);
      assertThat(InternetChecksum.updateInt(before, old, changed))
          .as("seed %d", seed)
          .isEqualTo(InternetChecksum.of(bytes, 0, 20));
    }
  }

  @Test
  void whatAGuestLeavesUndoneArrivesAtTheOtherAsItIs() throws Exception {
    NetDeviceTest.Wire wire = new NetDeviceTest.Wire();
    NetDevice device = new NetDevice(NetConfiguration.of(OWN), wire);
    long features = CHECKSUM | GUEST_CHECKSUM | GUEST_TCP | HOST_TCP | MERGEABLE;
    try (Rig<NetState> rig = new Rig<>(device, OPTIONS).start(features, 32)) {
      Frame large = large(new Random(3), false, 9_000);
      byte[] header = new byte[12];
      FrameHeader.write(header, large, 0, true);
      send(rig, header, large.bytes());
      Frame sent = wire.nextFrame();
      assertThat(sent.offload()).isEqualTo(large.offload());
      assertThat(sent.bytes()).isEqualTo(large.bytes());

      byte[] got = receive(rig, wire, sent, 10_000);
      assertThat(Arrays.copyOf(got, 12)).containsExactly(1, 1, 66, 0, 0xe8, 3, 34, 0, 16, 0, 1, 0);
      assertThat(Arrays.copyOfRange(got, 12, got.length)).isEqualTo(large.bytes());

      Frame right = new Frame(new byte[60], Offload.VALID);
      assertThat(receive(rig, wire, right, 100)[0]).as("data valid").isEqualTo((byte) 2);
    }
  }

  @Test
  void aGuestThatDoesNothingItselfGetsSegments() throws Exception {
    NetDeviceTest.Wire wire = new NetDeviceTest.Wire();
    NetDevice device = new NetDevice(NetConfiguration.of(OWN), wire);
    try (Rig<NetState> rig = new Rig<>(device, OPTIONS).start(0, 32)) {
      Frame large = large(new Random(4), true, 1_500);
      byte[] first = receive(rig, wire, large, 2_000);
      assertThat(first).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);
      List<Frame> segments = OffloadSupport.NONE.adapt(large);
      assertThat(Arrays.copyOfRange(first, 12, first.length)).isEqualTo(segments.get(0).bytes());
    }
  }

  @Test
  void whatHasNotBeenAgreedOnOrIsNotSoIsNotSent() throws Exception {
    NetDeviceTest.Wire wire = new NetDeviceTest.Wire();
    NetDevice device = new NetDevice(NetConfiguration.of(OWN), wire);
    try (Rig<NetState> rig = new Rig<>(device, OPTIONS).start(CHECKSUM | 1 << 11, 32)) {
      byte[] good = large(new Random(5), false, 3_000).bytes();
      int[][] headers = {
        {1, 4, 0, 0, 0xe8, 3, 34, 0, 16, 0}, // TCP over IPv6 was not agreed on.
        {1, 3, 0, 0, 0xe8, 3, 34, 0, 16, 0}, // UDP never is.
        {1, 1, 0, 0, 1, 0, 34, 0, 16, 0}, // Segments of one byte.
        {1, 1, 0, 0, 0xe8, 3, 35, 0, 16, 0}, // The checksum is somewhere else.
        {0, 1, 0, 0, 0xe8, 3, 34, 0, 16, 0}, // Segments without checksums.
        {1, 0, 0, 0, 0, 0, 0xff, 0xff, 16, 0},
        {1, 0, 0, 0, 0, 0, 13, 0, 1, 0},
      };
      for (int[] header : headers) {
        byte[] bytes = new byte[12];
        for (int i = 0; i < header.length; i++) {
          bytes[i] = (byte) header[i];
        }
        send(rig, bytes, good);
      }
      assertThat(device.metrics().sendsDropped()).isEqualTo(headers.length);
      send(rig, new byte[] {1, 1, 0, 0, (byte) 0xe8, 3, 34, 0, 16, 0, 0, 0}, good);
      assertThat(wire.nextFrame().offload().segmentation()).isEqualTo(Segmentation.TCP4);
    }
  }

  private static void send(Rig<NetState> rig, byte[] header, byte[] frame) {
    rig.arena().clear();
    byte[] all = Arrays.copyOf(header, 12 + frame.length);
    System.arraycopy(frame, 0, all, 12, frame.length);
    List<Piece> pieces = rig.arena().scatter(new Random(1), all.length, 3);
    rig.arena().fill(pieces, all);
    rig.driver().roundTrip(1, pieces, List.of());
  }

  private static byte[] receive(
      Rig<NetState> rig, NetDeviceTest.Wire wire, Frame frame, int roomBytes) {
    rig.arena().clear();
    List<Piece> room = rig.arena().scatter(new Random(1), roomBytes, 3);
    rig.driver().queues().get(0).add(List.of(), room);
    rig.driver().kick(0);
    assertThat(wire.device.receive(frame, wire)).isTrue();
    return rig.arena().read(room, (int) rig.driver().await(0).written());
  }
}
