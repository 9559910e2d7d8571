package org.javisor.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lists leave out. */
class FilterTest {
  private record Entry(
      String name, String status, int count, boolean on, Map<String, String> config) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("web-1", "Running", 1, true, Map.of("limits.cpu", "2")),
          new Entry("web-2", "Stopped", 2, false, Map.of()),
          new Entry("db", "Running", 3, true, Map.of("limits.cpu", "1")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name eq web-1 | web-1",
        "name eq web | ",
        "name eq WEB.* | web-1 web-2",
        "not name eq web.* | db",
        "name ne db | web-1 web-2",
        "name eq db,web-2 | web-2 db",
        "status eq running and name eq web.* | web-1",
        "name eq db or name eq web-2 | web-2 db",
        "config.limits.cpu eq 2 | web-1",
        "count eq 2 | web-2",
        "on eq true | web-1 db",
        "nothing.like.this eq 1 | ",
        "name eq \"web-1\" | web-1",
        "name eq [ | ",
        "` ` | web-1 web-2 db",
      })
  void keepsWhatIsWanted(String filter, String names) {
    assertThat(Filter.parse(filter).of(ENTRIES).stream().map(Entry::name))
        .containsExactlyElementsOf(names == null ? List.of() : List.of(names.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "name eq",
        "eq",
        "name is x",
        "name eq x xor",
        "name eq x and",
        "not",
        "name eq \"x"
      })
  void refusesWhatIsNoFilter(String filter) {
    assertThatThrownBy(() -> Filter.parse(filter))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400));
  }

  @Test
  void boundsTheWorkOfAnExpression() {
    Map<String, String> entry = Map.of("name", "a".repeat(5000) + "b");
    for (String hostile : List.of("(a+)+$", "(a|aa)+$", "^(a|a|a)*$", "(.*)*x")) {
      assertThatThrownBy(() -> Filter.parse("name eq " + hostile).matches(entry))
          .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400));
    }
  }

  @Test
  void refusesFieldsThatAreNoValues() {
    assertThatThrownBy(() -> Filter.parse("config eq x").of(ENTRIES))
        .isInstanceOf(ApiException.class);
  }
}
