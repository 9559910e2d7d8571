package org.javisor.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.GuestDriver;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.entropy.EntropyConfiguration;
import org.javisor.virtio.entropy.EntropyDevice;
import org.javisor.virtio.entropy.EntropyState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VirtioMmioTransportTest {
  private static final int STATUS = 0x70;
  private static final int NEEDS_RESET = 64;

  private Rig<EntropyState> rig;
  private GuestDriver driver;

  @BeforeEach
  void build() {
    rig = rig(new DriverOptions(false, false, false));
    driver = rig.driver();
  }

  @AfterEach
  void free() {
    rig.close();
  }

  private static Rig<EntropyState> rig(DriverOptions options) {
    return new Rig<>(new EntropyDevice(byte[]::new, EntropyConfiguration.standard()), options);
  }

  private void acceptFeatures(long features) {
    driver.write(0x24, 0);
    driver.write(0x20, (int) features);
    driver.write(0x24, 1);
    driver.write(0x20, (int) (features >>> 32));
  }

  @Test
  void identifiesItself() {
    assertThat(driver.read(0x00)).isEqualTo(0x74726976);
    assertThat(driver.read(0x04)).isEqualTo(2);
    assertThat(driver.read(0x08)).isEqualTo(4);
    assertThat(driver.read(0xb0)).as("no shared memory").isEqualTo(-1);
    assertThat(driver.read(0xb4)).isEqualTo(-1);
    assertThat(driver.read(0xb8)).isEqualTo(-1);
    assertThat(driver.read(0xbc)).isEqualTo(-1);
    assertThat(driver.read(0x34)).isEqualTo(8);
    driver.write(0x30, 1);
    assertThat(driver.read(0x34)).as("there is one queue").isZero();
    driver.write(0x30, -1);
    assertThat(driver.read(0x34)).isZero();
  }

  @Test
  void offersWhatItSupportsAndNothingElse() {
    assertThat(driver.offeredFeatures()).isEqualTo(1L << 28 | 1L << 29 | 1L << 32 | 1L << 34);
    driver.write(0x14, 2);
    assertThat(driver.read(0x10)).isZero();
  }

  @Test
  void ignoresAccessesThatAreNot32BitsWide() {
    assertThat(rig.transport().read(0, 1)).isZero();
    assertThat(rig.transport().read(0, 8)).isZero();
    assertThat(rig.transport().read(2, 4)).isZero();
    rig.transport().write(STATUS, 1, 1);
    assertThat(driver.read(STATUS)).isZero();
  }

  @Test
  void statusBitsComeInOrderAndStay() {
    driver.write(STATUS, 2);
    assertThat(driver.read(STATUS)).as("DRIVER before ACKNOWLEDGE").isZero();
    driver.write(STATUS, 1);
    driver.write(STATUS, 5);
    assertThat(driver.read(STATUS)).as("DRIVER_OK before FEATURES_OK").isEqualTo(1);
    driver.write(STATUS, 3);
    driver.write(STATUS, 1);
    assertThat(driver.read(STATUS)).as("a bit taken back").isEqualTo(3);
    driver.write(STATUS, 3 | NEEDS_RESET);
    assertThat(driver.read(STATUS)).as("a bit of the device").isEqualTo(3);
    driver.write(STATUS, 0);
    assertThat(driver.read(STATUS)).isZero();
  }

  @Test
  void refusesFeaturesThatItDoesNotOfferOrThatAreLegacy() {
    driver.write(STATUS, 1);
    driver.write(STATUS, 3);
    acceptFeatures(1L << 32 | 1L << 35);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(3);
    acceptFeatures(1L << 28);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(3);
    acceptFeatures(1L << 32);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(11);
  }

  private void negotiate(long features) {
    driver.write(STATUS, 0);
    driver.write(STATUS, 1);
    driver.write(STATUS, 3);
    acceptFeatures(features);
    driver.write(STATUS, 11);
  }

  private void queue(int size, long descriptors, long driverArea, long deviceArea) {
    driver.write(0x30, 0);
    driver.write(0x38, size);
    long[] addresses = {descriptors, driverArea, deviceArea};
    for (int i = 0; i < 3; i++) {
      driver.write(0x80 + 0x10 * i, (int) addresses[i]);
      driver.write(0x84 + 0x10 * i, (int) (addresses[i] >>> 32));
    }
    driver.write(0x44, 1);
  }

  @Test
  void refusesQueuesThatCannotBe() {
    long base = Rig.BASE;
    long end = base + (16 << 20);
    List<Runnable> faults =
        List.of(
            () -> queue(3, base, base + 4096, base + 8192),
            () -> queue(0, base, base + 4096, base + 8192),
            () -> queue(-1, base, base + 4096, base + 8192),
            () -> queue(16, base, base + 4096, base + 8192),
            () -> queue(8, base + 8, base + 4096, base + 8192),
            () -> queue(8, base, base + 4097, base + 8192),
            () -> queue(8, base, base + 4096, base + 8194),
            () -> queue(8, end - 112, base + 4096, base + 8192),
            () -> queue(8, base, end - 16, base + 8192),
            () -> queue(8, base, base + 4096, end - 64),
            () -> queue(8, 0, base + 4096, base + 8192),
            () -> queue(8, -16, base + 4096, base + 8192));
    for (Runnable fault : faults) {
      negotiate(1L << 32);
      fault.run();
      assertThat(driver.read(0x44)).isZero();
      assertThat(driver.read(STATUS) & NEEDS_RESET).isEqualTo(NEEDS_RESET);
    }
    negotiate(1L << 32 | 1L << 34);
    queue(3, base, base + 4096, base + 8192);
    assertThat(driver.read(0x44)).as("a packed queue of three").isEqualTo(1);
    negotiate(1L << 32);
    queue(8, base, base + 4096, base + 8192);
    assertThat(driver.read(0x44)).isEqualTo(1);
    driver.write(0x44, 0);
    assertThat(driver.read(0x44)).isZero();
  }

  @Test
  void aBrokenRingAsksForAResetAndTheDeviceWorksAfterIt() {
    for (DriverOptions options : DriverOptions.all()) {
      try (Rig<EntropyState> broken = rig(options)) {
        broken.start(0, 8);
        // Beyond the end of memory.
        Piece outside = new Piece(Rig.BASE + (16 << 20) - 8, 9);
        broken.driver().queues().get(0).add(List.of(), List.of(outside));
        broken.driver().kick(0);
        assertThat(broken.driver().awaitInterrupt()).isEqualTo(2);
        assertThat(broken.driver().read(STATUS)).isEqualTo(15 | NEEDS_RESET);
        broken.start(0, 8);
        Piece inside = new Piece(Rig.BASE + (16 << 20) - 8, 8);
        assertThat(broken.driver().roundTrip(0, List.of(), List.of(inside)).written()).isEqualTo(8);
        assertThat(broken.transport().metrics().faults()).isZero();
      }
    }
  }

  @Test
  void theInterruptStaysUntilItIsAcknowledged() {
    rig.start(0, 8);
    driver.queues().get(0).add(List.of(), List.of(new Piece(rig.arena().allocate(4, 1), 4)));
    driver.kick(0);
    rig.line().awaitHigh();
    assertThat(driver.read(0x60)).isEqualTo(1);
    driver.write(0x64, 2);
    assertThat(rig.line().level()).isTrue();
    driver.write(0x64, 1);
    assertThat(rig.line().level()).isFalse();
    assertThat(driver.read(0x60)).isZero();
  }

  @Test
  void aStoppedQueueIsNotServed() {
    rig.start(0, 8);
    driver.write(0x30, 0);
    driver.write(0x44, 0);
    assertThat(driver.read(0x44)).isZero();
    driver.queues().get(0).add(List.of(), List.of(new Piece(rig.arena().allocate(4, 1), 4)));
    driver.write(0x50, 0);
    rig.transport().pause();
    rig.transport().resume();
    assertThat(driver.queues().get(0).take()).isNull();
  }

  @Test
  void nothingHappensWhilePaused() {
    rig.start(0, 8);
    rig.transport().pause();
    driver.queues().get(0).add(List.of(), List.of(new Piece(rig.arena().allocate(4, 1), 4)));
    driver.kick(0);
    assertThat(driver.queues().get(0).take()).isNull();
    assertThat(rig.line().level()).isFalse();
    rig.transport().resume();
    assertThat(driver.await(0).written()).isEqualTo(4);
  }
}
