package org.javisor.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConsoleLogTest {
  private static void write(ConsoleLog log, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    log.write(bytes, 0, bytes.length);
  }

  @Test
  void keepsTheLastLines() {
    ConsoleLog log = new ConsoleLog(3);
    write(log, "one\r\ntwo\r\nthr");
    write(log, "ee\r\nfour\r\nfi");
    assertThat(log.lastLines()).containsExactly("three", "four", "fi");
  }

  @Test
  void isSafeToPrint() {
    ConsoleLog log = new ConsoleLog(3);
    write(log, "\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007\n");
    assertThat(log.lastLines().getFirst()).startsWith("red").doesNotContain("\u001b", "\u0007");
  }

  @Test
  void boundsWhatAGuestCanMakeItHold() {
    ConsoleLog log = new ConsoleLog(2);
    for (int i = 0; i < 1000; i++) {
      write(log, "x".repeat(5000));
    }
    write(log, "\nend\n");
    assertThat(log.lastLines()).hasSize(2).allMatch(line -> line.length() <= 1000);
    assertThat(log.lastLines().getLast()).isEqualTo("end");
  }
}
