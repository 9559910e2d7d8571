package org.javisor.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.driver.Used;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetDeviceTest {
  private static final MacAddress OWN = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress PEER = MacAddress.parse("52:54:00:00:00:02");
  private static final long ALL_FEATURES = 0xffffff;
  private static final long NO_MERGING = ALL_FEATURES & ~(1 << 15);
  private static final DriverOptions PLAIN = new DriverOptions(false, false, false);

  /** Keeps what the guest sends. */
  static final class Wire implements FramePort {
    final BlockingQueue<Frame> sent = new LinkedBlockingQueue<>();
    FrameReceiver device;

    @Override
    public void connect(FrameReceiver receiver) {
      device = receiver;
    }

    @Override
    public void send(Frame frame) {
      sent.add(frame);
    }

    byte[] next() throws InterruptedException {
      return nextFrame().bytes();
    }

    Frame nextFrame() throws InterruptedException {
      Frame frame = sent.poll(30, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no frame in 30 s");
      }
      return frame;
    }
  }

  static List<DriverOptions> options() {
    return DriverOptions.all();
  }

  private static NetDevice device(FramePort port) {
    return new NetDevice(NetConfiguration.of(OWN), port);
  }

  private static byte[] frame(Random random, MacAddress destination, int length) {
    byte[] frame = new byte[length];
    random.nextBytes(frame);
    destination.writeTo(frame, 0);
    return frame;
  }

  @ParameterizedTest
  @MethodSource("options")
  void framesPassInBothDirections(DriverOptions options) throws Exception {
    Wire wire = new Wire();
    try (Rig<NetState> rig = new Rig<>(device(wire), options).start(NO_MERGING, 32)) {
      Random random = new Random(7);
      for (int round = 0; round < 200; round++) {
        rig.arena().clear();
        byte[] out = frame(random, PEER, random.nextInt(14, 1515));
        byte[] withHeader = new byte[12 + out.length];
        System.arraycopy(out, 0, withHeader, 12, out.length);
        List<Piece> pieces = rig.arena().scatter(random, withHeader.length, 6);
        rig.arena().fill(pieces, withHeader);
        rig.driver().roundTrip(1, pieces, List.of());
        assertThat(wire.next()).isEqualTo(out);

        List<Piece> room = rig.arena().scatter(random, 1526, 6);
        rig.driver().queues().get(0).add(List.of(), room);
        rig.driver().kick(0);
        byte[] in = frame(random, OWN, random.nextInt(14, 1515));
        assertThat(wire.device.receive(Frame.of(in), PEER)).isTrue();
        Used used = rig.driver().await(0);
        assertThat(used.written()).isEqualTo(12 + in.length);
        byte[] got = rig.arena().read(room, 12 + in.length);
        assertThat(Arrays.copyOf(got, 12)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);
        assertThat(Arrays.copyOfRange(got, 12, got.length)).isEqualTo(in);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void aLargeFrameRunsOverSeveralMergeableBuffers(DriverOptions options) throws Exception {
    Wire wire = new Wire();
    try (Rig<NetState> rig = new Rig<>(device(wire), options).start(ALL_FEATURES, 32)) {
      Random random = new Random(8);
      for (int round = 0; round < 100; round++) {
        rig.arena().clear();
        byte[] in = frame(random, OWN, random.nextInt(1000, 9000));
        // The frame is there first: it must wait until enough buffers have come, one by one.
        assertThat(wire.device.receive(Frame.of(in), PEER)).isTrue();
        Map<Integer, List<Piece>> rooms = new HashMap<>();
        for (int room = 0; room < 12 + in.length; ) {
          int size = random.nextInt(600, 1500);
          List<Piece> pieces = rig.arena().scatter(random, size, 2);
          int token = rig.driver().queues().get(0).add(List.of(), pieces);
          rooms.put(token, pieces);
          rig.driver().kick(0);
          room += size;
        }
        byte[] got = new byte[12 + in.length];
        int done = 0;
        int buffers = 0;
        while (done < got.length) {
          Used used = buffers == 0 ? rig.driver().await(0) : rig.driver().queues().get(0).take();
          assertThat(used).as("all buffers of a frame come at once").isNotNull();
          byte[] part = rig.arena().read(rooms.get(used.token()), (int) used.written());
          System.arraycopy(part, 0, got, done, part.length);
          done += part.length;
          buffers++;
        }
        assertThat(got[10]).isEqualTo((byte) buffers);
        assertThat(Arrays.copyOfRange(got, 12, got.length)).isEqualTo(in);
      }
    }
  }

  @Test
  void aFrameThatFitsNoBufferIsDroppedAndTheNextArrives() throws Exception {
    Wire wire = new Wire();
    NetDevice device = device(wire);
    try (Rig<NetState> rig = new Rig<>(device, PLAIN).start(NO_MERGING, 32)) {
      List<Piece> room = rig.arena().scatter(new Random(1), 100, 1);
      rig.driver().queues().get(0).add(List.of(), room);
      rig.driver().kick(0);
      wire.device.receive(Frame.of(frame(new Random(2), OWN, 89)), PEER);
      byte[] small = frame(new Random(3), OWN, 88);
      wire.device.receive(Frame.of(small), PEER);
      Used used = rig.driver().await(0);
      assertThat(used.written()).isEqualTo(100);
      assertThat(Arrays.copyOfRange(rig.arena().read(room, 100), 12, 100)).isEqualTo(small);
      assertThat(device.metrics().receivesDropped()).isEqualTo(1);
    }
  }

  @Test
  void whatTheGuestDoesNotTakeIsDroppedWithinBounds() {
    Wire wire = new Wire();
    try (Rig<NetState> rig = new Rig<>(device(wire), PLAIN)) {
      rig.start(ALL_FEATURES, 32);
      int taken = 0;
      for (int i = 0; i < 5000; i++) {
        taken += wire.device.receive(Frame.of(new byte[1500]), PEER) ? 1 : 0;
      }
      assertThat(taken).isBetween(256, 1100);
    }
  }

  /** A cable that lets frames to the guest pass one by one, when it is told to. */
  private static final class Metered implements FramePort {
    final Semaphore budget = new Semaphore(0);
    FrameReceiver device;

    @Override
    public void connect(FrameReceiver receiver) {
      device = receiver;
    }

    @Override
    public void send(Frame frame) {}

    @Override
    public long nanosToWait(int bytes) {
      return budget.tryAcquire() ? 0 : 100_000;
    }

    @Override
    public int waitingBytes() {
      return 150_000;
    }
  }

  @Test
  void whoFloodsALimitedReceiverDoesNotUseUpWhatItMayReceive() {
    Metered wire = new Metered();
    Object flood = new Object();
    Object other = new Object();
    try (Rig<NetState> rig = new Rig<>(device(wire), PLAIN).start(ALL_FEATURES, 64)) {
      Random random = new Random(4);
      for (int i = 0; i < 64; i++) {
        rig.driver().queues().get(0).add(List.of(), rig.arena().scatter(random, 1526, 1));
      }
      rig.driver().kick(0);
      int refused = 0;
      for (int i = 0; i < 2_000; i++) {
        refused += wire.device.receive(Frame.of(frame(random, OWN, 1_400)), flood) ? 0 : 1;
      }
      assertThat(refused).as("most of what would wait for too long").isGreaterThan(1_800);
      assertThat(wire.device.receive(Frame.of(frame(random, OWN, 80)), other)).isTrue();
      assertThat(rig.driver().queues().get(0).take()).as("none has passed").isNull();
      // One turn of the other's is 64 KiB.
      wire.budget.release(50);
      boolean passed = false;
      for (int i = 0; i < 50; i++) {
        passed |= rig.driver().await(0).written() == 12 + 80;
      }
      assertThat(passed).isTrue();
      assertThat(wire.budget.availablePermits()).as("each frame is counted once").isZero();
    }
  }

  private int command(Rig<NetState> rig, byte... command) {
    List<Piece> out = rig.arena().scatter(new Random(command.length), command.length, 3);
    rig.arena().fill(out, command);
    List<Piece> answer = rig.arena().scatter(new Random(1), 1, 1);
    rig.driver().roundTrip(2, out, answer);
    return rig.arena().read(answer, 1)[0];
  }

  private boolean arrives(Rig<NetState> rig, Wire wire, MacAddress destination) {
    // A broadcast frame behind it shows when the first would have arrived.
    List<List<Piece>> rooms = new ArrayList<>();
    Map<Integer, Integer> indices = new HashMap<>();
    for (int i = 0; i < 2; i++) {
      rooms.add(rig.arena().scatter(new Random(1), 200, 1));
      indices.put(rig.driver().queues().get(0).add(List.of(), rooms.get(i)), i);
    }
    rig.driver().kick(0);
    wire.device.receive(Frame.of(frame(new Random(1), destination, 60)), PEER);
    wire.device.receive(Frame.of(frame(new Random(2), MacAddress.BROADCAST, 61)), PEER);
    Used first = rig.driver().await(0);
    if (first.written() == 72) {
      rig.driver().await(0);
      return true;
    }
    // The buffer left over is used up, so that the next call starts afresh.
    wire.device.receive(Frame.of(frame(new Random(2), MacAddress.BROADCAST, 61)), PEER);
    rig.driver().await(0);
    return false;
  }

  @Test
  void theControlQueueSetsTheReceiveFilter() {
    Wire wire = new Wire();
    try (Rig<NetState> rig = new Rig<>(device(wire), PLAIN).start(ALL_FEATURES, 32)) {
      MacAddress group = MacAddress.parse("01:00:5e:00:00:fb");
      assertThat(arrives(rig, wire, PEER)).as("all at first").isTrue();
      assertThat(command(rig, (byte) 0, (byte) 0, (byte) 0)).isZero();
      assertThat(arrives(rig, wire, PEER)).isFalse();
      assertThat(arrives(rig, wire, OWN)).isTrue();
      assertThat(arrives(rig, wire, group)).isFalse();
      byte[] table = new byte[2 + 4 + 4 + 6];
      table[0] = 1;
      table[6] = 1;
      group.writeTo(table, 10);
      assertThat(command(rig, table)).isZero();
      assertThat(arrives(rig, wire, group)).isTrue();
      byte[] address = new byte[8];
      address[0] = 1;
      address[1] = 1;
      PEER.writeTo(address, 2);
      assertThat(command(rig, address)).isZero();
      assertThat(arrives(rig, wire, PEER)).isTrue();
      assertThat(arrives(rig, wire, OWN)).isFalse();
      assertThat(command(rig, (byte) 77, (byte) 0)).as("unknown").isEqualTo(1);
      assertThat(command(rig, (byte) 1, (byte) 1, (byte) 0)).as("short").isEqualTo(1);
    }
  }

  @Test
  void theLinkGoesDown() {
    NetDevice device = device(new Wire());
    try (Rig<NetState> rig = new Rig<>(device, PLAIN).start(ALL_FEATURES, 32)) {
      assertThat(rig.transport().read(0x106, 2)).isEqualTo(1);
      assertThat(rig.transport().read(0x100, 4)).isEqualTo(0x00005452);
      device.linkUp(false);
      assertThat(rig.driver().awaitInterrupt()).isEqualTo(2);
      assertThat(rig.transport().read(0x106, 2)).isZero();
    }
  }

  @Test
  void theLoopbackPeerAnswersArpAndPing() {
    List<byte[]> replies = new ArrayList<>();
    LoopbackPeer peer = new LoopbackPeer(PEER, 0x0a00_0001);
    peer.connect((frame, sender) -> replies.add(frame.bytes()));
    byte[] arp = new byte[42];
    MacAddress.BROADCAST.writeTo(arp, 0);
    OWN.writeTo(arp, 6);
    byte[] head = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
    System.arraycopy(head, 0, arp, 12, head.length);
    OWN.writeTo(arp, 22);
    System.arraycopy(new byte[] {10, 0, 0, 2}, 0, arp, 28, 4);
    System.arraycopy(new byte[] {10, 0, 0, 1}, 0, arp, 38, 4);
    peer.send(Frame.of(arp));
    assertThat(replies).hasSize(1);
    byte[] reply = replies.getFirst();
    assertThat(MacAddress.at(reply, 0)).isEqualTo(OWN);
    assertThat(MacAddress.at(reply, 22)).isEqualTo(PEER);
    assertThat(reply[21]).isEqualTo((byte) 2);
    assertThat(Arrays.copyOfRange(reply, 28, 32)).containsExactly(10, 0, 0, 1);
    assertThat(Arrays.copyOfRange(reply, 38, 42)).containsExactly(10, 0, 0, 2);

    byte[] ping = new byte[14 + 20 + 16];
    PEER.writeTo(ping, 0);
    OWN.writeTo(ping, 6);
    ping[12] = 8;
    byte[] ip = {0x45, 0, 0, 36, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1};
    System.arraycopy(ip, 0, ping, 14, ip.length);
    ping[34] = 8;
    ping[40] = 5;
    int sum = checksum(ping, 34, 50);
    ping[36] = (byte) (sum >>> 8);
    ping[37] = (byte) sum;
    peer.send(Frame.of(ping));
    byte[] pong = replies.getLast();
    assertThat(pong).hasSize(50);
    assertThat(pong[34]).isZero();
    assertThat(checksum(pong, 34, 50)).as("a right checksum sums to zero").isZero();
    assertThat(Arrays.copyOfRange(pong, 26, 30)).containsExactly(10, 0, 0, 1);
    assertThat(Arrays.copyOfRange(pong, 30, 34)).containsExactly(10, 0, 0, 2);
    assertThat(MacAddress.at(pong, 0)).isEqualTo(OWN);
  }

  private static int checksum(byte[] bytes, int start, int end) {
    int sum = 0;
    for (int i = start; i < end; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~(sum + (sum >>> 16)) & 0xffff;
  }

  @Test
  void theLoopbackPeerIgnoresEverythingElse() {
    LoopbackPeer peer = new LoopbackPeer(PEER, 0x0a00_0001);
    peer.connect(
        (frame, sender) -> {
          assertThat(frame.length()).isBetween(14, 65550);
          return true;
        });
    Random random = new Random(9);
    for (int i = 0; i < 20_000; i++) {
      byte[] frame = frame(random, PEER, random.nextInt(14, 80));
      frame[12] = 8;
      frame[13] = (byte) (random.nextBoolean() ? 0 : 6);
      if (random.nextBoolean() && frame.length >= 34) {
        frame[14] = (byte) (0x40 | random.nextInt(16));
        frame[16] = 0;
        frame[23] = 1;
        System.arraycopy(new byte[] {10, 0, 0, 1}, 0, frame, 30, 4);
      }
      peer.send(Frame.of(frame));
    }
  }
}
