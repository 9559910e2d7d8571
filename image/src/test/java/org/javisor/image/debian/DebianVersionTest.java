package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of versions (policy section 5.6.12). */
class DebianVersionTest {

  @ParameterizedTest
  @CsvSource({
    "1.0, <, 1.1",
    "1.0, =, 1.0",
    "1.0, =, 1.0-0",
    "0:1.0, =, 1.0",
    "1:0.9, >, 2.0",
    "1.0-1, <, 1.0-2",
    "1.0-9, <, 1.0-10",
    "1.0~rc1, <, 1.0",
    "1.0~, <, 1.0",
    "1.0~~, <, 1.0~",
    "1.0~~a, <, 1.0~",
    "1.0~beta1~svn1245, <, 1.0~beta1",
    "1.0a, >, 1.0",
    "1.0a, <, 1.0+",
    "1.0+b1, >, 1.0",
    "1.0.1, >, 1.0+b1",
    "1.001, =, 1.1",
    "1.0-1+b1, >, 1.0-1",
    "1.2.3-0+deb13u1, >, 1.2.3-0",
    "6.12.107-1, >, 6.12.9-1",
    "2.41-12+deb13u4, <, 2.42~",
    "1a2, <, 1b1",
    "1.0-a, <, 1.0-b",
    "1-1-1, >, 1-1",
    "9999999999999999999999, <, 10000000000000000000000",
    "1:1.3.dfsg+really1.3.1-1+b1, >, 1:1.3.dfsg-3"
  })
  void ordersAsPolicySays(String a, String sign, String b) {
    int expected =
        switch (sign) {
          case "<" -> -1;
          case ">" -> 1;
          default -> 0;
        };
    assertThat(Integer.signum(compare(a, b))).isEqualTo(expected);
    assertThat(Integer.signum(compare(b, a))).isEqualTo(-expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":1", "a:1", "-1:1", "1 2", "1_2", "-1", "1.0-ä"})
  void refusesWhatIsNoVersion(String text) {
    assertThatThrownBy(() -> DebianVersion.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isATotalOrderOnRandomVersions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<DebianVersion> versions = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      versions.add(DebianVersion.parse(randomVersion(random)));
    }
    Collections.sort(versions);
    for (int i = 0; i + 1 < versions.size(); i++) {
      for (int j = i + 1; j < versions.size(); j += 17) {
        assertThat(versions.get(i).compareTo(versions.get(j)))
            .as("seed %d: %s against %s", seed, versions.get(i), versions.get(j))
            .isNotPositive();
      }
    }
  }

  @Test
  void writesWhatItRead() {
    for (String text : List.of("1.0", "1:1.0-1", "2:3.4~rc1-0.1+b2", "1.0-a-b")) {
      assertThat(DebianVersion.parse(text)).hasToString(text);
    }
  }

  private static int compare(String a, String b) {
    return DebianVersion.parse(a).compareTo(DebianVersion.parse(b));
  }

  private static String randomVersion(Random random) {
    StringBuilder text = new StringBuilder().append(random.nextInt(3));
    String alphabet = "0129ab.+~-";
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.append('1').toString();
  }
}
