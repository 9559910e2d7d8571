package org.javisor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.javisor.host.ProblemException;
import org.junit.jupiter.api.Test;

class OwnCommandTest {
  @Test
  void endsWithTheMainClass() {
    List<String> command =
        List.of("/jdk/bin/java", "-Xmx1g", "-cp", "a.jar:b.jar", "a.Main", "bench", "a.Main");
    assertThat(OwnCommand.withoutArguments(command, "a.Main"))
        .containsExactly("/jdk/bin/java", "-Xmx1g", "-cp", "a.jar:b.jar", "a.Main");
  }

  @Test
  void refusesToGuess() {
    assertThatThrownBy(() -> OwnCommand.withoutArguments(List.of("java", "-jar", "x"), "a.Main"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("./javisor");
  }
}
