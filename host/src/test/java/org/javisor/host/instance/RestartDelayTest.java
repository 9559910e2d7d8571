package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartDelayTest {
  private final RestartDelay delay = new RestartDelay();

  @Test
  void doublesWhileTheInstanceEndsSoonUpToAMinute() {
    assertThat(delay.after(Duration.ZERO)).isEqualTo(Duration.ofMillis(100));
    assertThat(delay.after(Duration.ofSeconds(1))).isEqualTo(Duration.ofMillis(200));
    for (int i = 0; i < 20; i++) {
      delay.after(Duration.ZERO);
    }
    assertThat(delay.after(Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void beginsAnewAfterAGoodRun() {
    delay.after(Duration.ZERO);
    delay.after(Duration.ZERO);
    assertThat(delay.after(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(100));
  }
}
