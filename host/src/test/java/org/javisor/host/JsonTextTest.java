package org.javisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  @Test
  void writesEveryKindOfValue() {
    assertThat(JsonText.of(Map.of("list", List.of(1, 2.5, true, "x"))))
        .isEqualTo("{\n  \"list\": [\n    1,\n    2.5,\n    true,\n    \"x\"\n  ]\n}");
    assertThat(JsonText.of(null)).isEqualTo("null");
    assertThat(JsonText.of(Map.of())).isEqualTo("{}");
    assertThat(JsonText.of(List.of())).isEqualTo("[]");
  }

  @Test
  void escapesWhatMustBe() {
    assertThat(JsonText.of("a\"b\\c\n\t\r\u0001 ü 😀 \ud800"))
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\r\\u0001 ü 😀 \\ud800\"");
  }

  @Test
  void refusesWhatJsonHasNot() {
    assertThatThrownBy(() -> JsonText.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JsonText.of(new Object()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
