package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.javisor.image.Progress;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  private ProgressDisplay display(boolean terminal) {
    return new ProgressDisplay(new PrintStream(bytes, true, UTF_8), terminal, 120, clock::get);
  }

  private String shown() {
    return bytes.toString(UTF_8);
  }

  private void seconds(long seconds) {
    clock.addAndGet(seconds * 1_000_000_000L);
  }

  @Test
  void aTerminalSeesABarThatGoesAway() {
    ProgressDisplay display = display(true);
    try (Progress.Phase phase = display.begin("Downloading", Progress.Unit.BYTES, 100 << 20)) {
      seconds(10);
      phase.at("linux-image");
      phase.advance(50 << 20);
    }
    assertThat(shown())
        .contains(" 50%  50 MiB of 100 MiB  5 MiB/s  0:10 left  linux-image")
        .endsWith("\r\033[K")
        .doesNotContain("\n");
  }

  @Test
  void elsewhereThereArePlainLines() {
    ProgressDisplay display = display(false);
    try (Progress.Phase phase = display.begin("Configuring", Progress.Unit.STEPS, 4)) {
      phase.advance(1);
      seconds(20);
      phase.advance(1);
    }
    assertThat(shown().lines())
        .containsExactly(
            "javisor: Configuring (4)", "javisor: Configuring   50%  2 of 4  0:20 left");
  }

  @Test
  void saysNothingWhereNothingIsDone() {
    display(true).close();
    assertThat(shown()).isEmpty();
  }

  @Test
  void surviveMoreThanWasAnnounced() {
    ProgressDisplay display = display(true);
    try (Progress.Phase phase = display.begin("x", Progress.Unit.BYTES, 10)) {
      seconds(1);
      phase.advance(1000);
    }
    assertThat(shown()).contains("100%");
  }
}
