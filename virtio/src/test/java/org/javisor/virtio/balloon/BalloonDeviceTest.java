package org.javisor.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.javisor.machine.GuestMemory;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class BalloonDeviceTest {
  private static final DriverOptions PLAIN = new DriverOptions(false, false, false);
  private static final int CONFIGURATION = 0x100;
  private static final long STATISTICS = 1 << 1;
  private static final long POISON = 1 << 4;
  private static final long REPORTING = 1 << 5;

  private final BalloonDevice device = new BalloonDevice(BalloonConfiguration.standard());

  static List<DriverOptions> options() {
    return DriverOptions.all();
  }

  private static byte[] numbers(List<Integer> pages) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * pages.size()).order(ByteOrder.LITTLE_ENDIAN);
    pages.forEach(bytes::putInt);
    return bytes.array();
  }

  private static void send(Rig<BalloonState> rig, int queue, byte[] bytes, Random random) {
    List<Piece> pieces = rig.arena().scatter(random, bytes.length, 4);
    rig.arena().fill(pieces, bytes);
    rig.driver().roundTrip(queue, pieces, List.of());
  }

  @ParameterizedTest
  @MethodSource("options")
  void pagesInTheBalloonAreForgottenAndNoOthers(DriverOptions options) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Rig<BalloonState> rig = new Rig<>(device, options).start(STATISTICS, 16)) {
      long upper = Rig.BASE + (8 << 20);
      List<Integer> chosen = new ArrayList<>();
      for (int i = 0; i < 512; i++) {
        rig.memory().putLong(upper + i * 4096L, i + 1);
        if (random.nextInt(3) > 0) {
          chosen.add((int) (upper >>> 12) + i);
        }
      }
      // What is no memory is ignored.
      List<Integer> sent = new ArrayList<>(chosen);
      sent.add(0);
      sent.add(-1);
      sent.add((int) ((Rig.BASE + (16 << 20)) >>> 12));
      if (random.nextBoolean()) {
        sent = sent.reversed();
      }
      send(rig, 0, numbers(sent), random);
      boolean released = device.metrics().released() > 0;
      for (int i = 0; i < 512; i++) {
        boolean in = chosen.contains((int) (upper >>> 12) + i);
        assertThat(rig.memory().getLong(upper + i * 4096L)).isEqualTo(in && released ? 0 : i + 1);
      }
      assertThat(device.metrics().inflated()).isEqualTo(chosen.size() * 4096L);
      send(rig, 1, numbers(chosen), random);
      assertThat(device.metrics().deflated()).isEqualTo(chosen.size() * 4096L);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void reportedRangesAreForgotten(DriverOptions options) {
    for (boolean statistics : new boolean[] {true, false}) {
      BalloonDevice balloon = new BalloonDevice(BalloonConfiguration.standard());
      try (Rig<BalloonState> rig =
          new Rig<>(balloon, options).start(REPORTING | (statistics ? STATISTICS : 0), 16)) {
        long free = Rig.BASE + (8 << 20);
        rig.memory().putLong(free - 8, 1);
        rig.memory().putLong(free, 2);
        rig.memory().putLong(free + (4 << 20), 3);
        // Only whole pages count.
        Piece range = new Piece(free - 8, (4 << 20) + 16);
        rig.driver().roundTrip(statistics ? 3 : 2, List.of(), List.of(range));
        assertThat(balloon.metrics().reported()).isEqualTo(4 << 20);
        assertThat(rig.memory().getLong(free - 8)).isEqualTo(1);
        assertThat(rig.memory().getLong(free + (4 << 20))).isEqualTo(3);
        if (balloon.metrics().released() > 0) {
          assertThat(rig.memory().getLong(free)).isZero();
        }
      }
    }
  }

  @Test
  void poisonedPagesKeepTheirContent() {
    try (Rig<BalloonState> rig =
        new Rig<>(device, PLAIN).start(REPORTING | STATISTICS | POISON, 16)) {
      long free = Rig.BASE + (8 << 20);
      rig.memory().putLong(free, 0xaaaaaaaaL);
      rig.driver().roundTrip(3, List.of(), List.of(new Piece(free, 4096)));
      assertThat(rig.memory().getLong(free)).isEqualTo(0xaaaaaaaaL);
    }
  }

  @Test
  void theGuestLearnsOfATargetAndTellsWhatItHasGiven() throws Exception {
    try (Rig<BalloonState> rig = new Rig<>(device, PLAIN).start(STATISTICS, 16)) {
      device.setTarget((5 << 20) + 1);
      while (rig.transport().read(CONFIGURATION, 4) != 5 << 8) {
        Thread.onSpinWait();
      }
      rig.transport().write(CONFIGURATION + 4, 4, 3 << 8);
      assertThat(device.actual()).isEqualTo(3 << 20);
      // Both survive a move.
      BalloonDevice other = new BalloonDevice(BalloonConfiguration.standard());
      rig.migrate(other);
      assertThat(other.target()).isEqualTo(5 << 20);
      assertThat(other.actual()).isEqualTo(3 << 20);
      assertThat(rig.transport().read(CONFIGURATION, 4)).isEqualTo(5 << 8);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void statisticsComeWhenTheyAreAskedFor(DriverOptions options) {
    try (Rig<BalloonState> rig = new Rig<>(device, options).start(STATISTICS, 16)) {
      for (int round = 1; round < 5; round++) {
        ByteBuffer bytes = ByteBuffer.allocate(33).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) 4).putLong(round << 20);
        bytes.putShort((short) 5).putLong(7 << 20);
        // Of a later version, and half an entry.
        bytes.putShort((short) 99).putLong(1);
        List<Piece> pieces = List.of(new Piece(rig.arena().allocate(33, 1), 33));
        rig.arena().fill(pieces, bytes.array());
        rig.driver().queues().get(2).add(pieces, List.of());
        rig.driver().kick(2);
        long expected = (long) round << 20;
        while (device
                .statistics()
                .map(s -> s.get(MemoryStatistics.Figure.FREE).orElse(0))
                .orElse(0L)
            != expected) {
          Thread.onSpinWait();
        }
        device.requestStatistics();
        rig.driver().await(2);
      }
    }
  }

  @Test
  void memoryOutsideAndPartsOfPagesCannotBeDiscarded() {
    try (GuestMemory memory = GuestMemory.allocate(Rig.BASE, 1 << 20)) {
      for (long[] range :
          new long[][] {{Rig.BASE - 4096, 4096}, {Rig.BASE + 1, 4096}, {Rig.BASE, 4095}}) {
        assertThat(
                org.assertj.core.api.Assertions.catchThrowable(
                    () -> memory.discard(range[0], range[1])))
            .isInstanceOf(org.javisor.machine.GuestAddressException.class);
      }
      long[] told = new long[2];
      memory
          .watch(
              (gpa, length) -> {
                told[0] = gpa;
                told[1] = length;
              })
          .set(Rig.BASE + 8192);
      memory.discard(Rig.BASE + 4096, 8192);
      assertThat(told).containsExactly(Rig.BASE + 4096, 8192);
    }
  }
}
