package org.javisor.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.javisor.host.ProblemException;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.tap.TapConfiguration;
import org.junit.jupiter.api.Test;

class NetworkRecordTest {
  private static NetworkRecord with(String key, String value) {
    return new NetworkRecord(
        NetworkRecord.VERSION, "", Map.of("ipv4.address", "10.42.0.0/24", key, value));
  }

  @Test
  void interfacesAreNamedWithOrWithoutABridge() {
    assertThat(with("bridge.external_interfaces", "tap0, tap1/br0").interfaces())
        .containsExactly(
            new TapConfiguration("tap0", Optional.empty()),
            new TapConfiguration("tap1", Optional.of("br0")));
    assertThat(with("bridge.external_interfaces", "").interfaces()).isEmpty();
    for (String bad : new String[] {"tap%d", "tap0,", "tap0,tap0/br0", "a-name-of-16-let"}) {
      assertThatThrownBy(() -> with("bridge.external_interfaces", bad).configuration("lab"))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("bridge.external_interfaces cannot be '" + bad + "'");
    }
  }

  @Test
  void theWayOutCanBeAnotherThanTheGateway() {
    assertThat(with("ipv4.dhcp.gateway", "10.42.0.9").configuration("lab").router())
        .contains(Ipv4Address.parse("10.42.0.9"));
    assertThat(with("ipv4.dhcp.gateway", "").configuration("lab").router()).isEmpty();
    for (String bad : new String[] {"10.43.0.9", "10.42.0.1", "10.42.0.254", "router"}) {
      assertThatThrownBy(() -> with("ipv4.dhcp.gateway", bad).configuration("lab"))
          .as(bad)
          .isInstanceOf(ProblemException.class);
    }
  }
}
