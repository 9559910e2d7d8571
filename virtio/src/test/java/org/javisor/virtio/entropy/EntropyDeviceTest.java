package org.javisor.virtio.entropy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.driver.Used;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntropyDeviceTest {
  static List<DriverOptions> options() {
    return DriverOptions.all();
  }

  @ParameterizedTest
  @MethodSource("options")
  void givesTheBytesOfItsSource(DriverOptions options) {
    Random expected = new Random(5);
    Random source = new Random(5);
    EntropyDevice device =
        new EntropyDevice(
            count -> {
              byte[] drawn = new byte[count];
              source.nextBytes(drawn);
              return drawn;
            },
            EntropyConfiguration.standard());
    try (Rig<EntropyState> rig = new Rig<>(device, options).start(0, 8)) {
      Random random = new Random(6);
      for (int round = 0; round < 100; round++) {
        rig.arena().clear();
        int wanted = random.nextInt(1, 6000);
        List<Piece> room = rig.arena().scatter(random, wanted, 3);
        Used used = rig.driver().roundTrip(0, List.of(), room);
        assertThat(used.written()).isEqualTo(Math.min(wanted, 4096));
        byte[] drawn = new byte[(int) used.written()];
        expected.nextBytes(drawn);
        byte[] got = rig.arena().read(room, wanted);
        assertThat(Arrays.copyOf(got, drawn.length)).isEqualTo(drawn);
      }
      assertThat(device.metrics().bytes()).isPositive();
    }
  }
}
