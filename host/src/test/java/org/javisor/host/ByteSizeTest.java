package org.javisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "3, 3",
    "3B, 3",
    "64MiB, 67108864",
    "64m, 67108864",
    "64 M, 67108864",
    "1.5GiB, 1610612736",
    "2GB, 2000000000",
    "1PiB, 1125899906842624",
    "99999999999EiB, 9223372036854775807"
  })
  void readsSizesAsPeopleWriteThem(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1M", "1,5G", "twelve", "1MM", "0x10", "1e9"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("'" + text + "' is not a size");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 byte",
    "3, 3 bytes",
    "67108864, 64 MiB",
    "1610612736, 1.5 GiB",
    "1125899906842624, 1 PiB"
  })
  void writesTheLargestUnit(long bytes, String text) {
    assertThat(ByteSize.format(bytes)).isEqualTo(text);
  }
}
