package org.javisor.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestAdjustmentTest {
  private static final MacAddress ADDRESS = MacAddress.parse("02:00:00:00:00:07");

  @Test
  void aCopyIsGivenItsNameItsAddressAndTheTime() {
    String script =
        new GuestAdjustment(
                Optional.of(new CloneIdentity(ADDRESS, "web-2")), GuestAdjustment.TimePolicy.JUMP)
            .script();
    assertThat(script).contains("date -u -s", "echo web-2 >", "address 02:00:00:00:00:07");
  }

  @Test
  void theSameMachineKeepsWhoItIs() {
    assertThat(new GuestAdjustment(Optional.empty(), GuestAdjustment.TimePolicy.JUMP).script())
        .contains("date")
        .doesNotContain("hostname", "ip link");
    assertThat(new GuestAdjustment(Optional.empty(), GuestAdjustment.TimePolicy.KEEP).script())
        .doesNotContain("date");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a;reboot", "$(id)", "-a", "a\nb"})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(
            () ->
                new GuestAdjustment(
                    Optional.of(new CloneIdentity(ADDRESS, name)), GuestAdjustment.TimePolicy.KEEP))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
