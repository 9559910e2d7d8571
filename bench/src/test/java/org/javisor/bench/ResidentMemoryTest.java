package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
  private static final List<String> SMAPS =
      List.of(
          "7f0000000000-7f0010000000 rw-p 00000000 00:00 0 ",
          "Size:             262144 kB",
          "KernelPageSize:        4 kB",
          "Rss:               50000 kB",
          "Pss:               50000 kB",
          "7f0020000000-7f0030000000 ---p 00000000 00:00 0 ",
          "Size:             262144 kB",
          "Rss:                   0 kB",
          "7f0040000000-7f0040100000 r-xp 00000000 08:01 77 /usr/bin/something",
          "Size:               1024 kB",
          "Rss:                 700 kB");

  @Test
  void countsEverythingButTheFullestMappingOfTheGuestsSize() {
    assertThat(ResidentMemory.besidesGuest(SMAPS, 256L << 20)).hasValue(700L << 10);
  }

  @Test
  void findsThePeak() {
    assertThat(ResidentMemory.peak(List.of("VmPeak:\t 9000 kB", "VmHWM:\t    5000 kB")))
        .hasValue(5000L << 10);
    assertThat(ResidentMemory.peak(List.of("Name:\tsh"))).isEmpty();
  }

  @Test
  void saysNothingWhereTheGuestsMemoryIsNotFound() {
    assertThat(ResidentMemory.besidesGuest(SMAPS, 128L << 20)).isEmpty();
  }
}
