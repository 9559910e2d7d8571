package org.javisor.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases of machines that go from host to host, each of which gives away a range. */
class AddressesThatMoveTest {
  private static final Ipv4Subnet SUBNET = Ipv4Subnet.parse("10.42.0.0/24");
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress DB = MacAddress.parse("52:54:00:00:00:02");
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:03");

  @TempDir Path folder;

  private Instant now = Instant.ofEpochSecond(1_700_000_000);
  private AddressPool here;
  private AddressPool there;

  @BeforeEach
  void open() throws IOException {
    here = pool("here", "10.42.0.10-10.42.0.11");
    there = pool("there", "10.42.0.20-10.42.0.29");
  }

  private AddressPool pool(String file, String range) throws IOException {
    AddressPool pool =
        AddressPool.open(SUBNET, Set.of(address(1)), folder.resolve(file), () -> now);
    pool.setRanges(List.of(Ipv4Range.parse(range)));
    return pool;
  }

  private static Ipv4Address address(int last) {
    return SUBNET.address(last);
  }

  private static Ipv4Address reserve(AddressPool pool, String machine, MacAddress mac)
      throws Exception {
    return pool.reserve(machine, mac, Optional.empty()).address();
  }

  @Test
  void eachHostGivesAwayItsOwnAddresses() throws Exception {
    assertThat(reserve(here, "web", WEB)).isEqualTo(address(10));
    assertThat(reserve(there, "db", DB)).isEqualTo(address(20));
    assertThat(here.offer(OTHER, Optional.of(address(25)))).contains(address(11));
    assertThat(here.reserve("fixed", OTHER, Optional.of(address(200))).address())
        .isEqualTo(address(200));
    assertThat(reserve(here, "last", MacAddress.parse("52:54:00:00:00:04"))).isEqualTo(address(11));
    assertThatThrownBy(() -> reserve(here, "more", MacAddress.parse("52:54:00:00:00:05")))
        .isInstanceOf(AddressException.class)
        .hasMessageContaining("all addresses of this host, [10.42.0.10-10.42.0.11], are in use");
  }

  @Test
  void aMachineKeepsItsAddressAndNobodyElseGetsItWhereItCameFrom() throws Exception {
    reserve(here, "web", WEB);
    there.adopt("web", WEB, address(10));
    here.letGo("web");
    assertThat(there.of(WEB).orElseThrow().address()).isEqualTo(address(10));
    assertThat(here.leases()).isEmpty();
    here = pool("here", "10.42.0.10-10.42.0.11");
    assertThat(here.away()).hasSize(1);
    // Another of that name is another.
    assertThat(reserve(here, "web", DB)).isEqualTo(address(11));
    assertThatThrownBy(() -> here.reserve("thief", OTHER, Optional.of(address(10))))
        .hasMessageContaining("10.42.0.10 is kept for web, which is on another host");
    assertThat(here.offer(OTHER, Optional.of(address(10)))).isEmpty();
    here.keep(name -> false);
    assertThat(here.away()).hasSize(1);

    // It comes back under a new name; where it was, its address is of no interest.
    here.adopt("web-2", WEB, address(10));
    there.letGo("web");
    assertThat(here.away()).isEmpty();
    assertThat(there.away()).isEmpty();
    assertThat(here.of(WEB).orElseThrow().machine()).contains("web-2");

    here.letGo("web-2");
    here.forgetAway(WEB);
    assertThat(reserve(here, "new", OTHER)).isEqualTo(address(10));
  }

  @Test
  void whatIsTakenIsNotAdopted() throws Exception {
    reserve(there, "db", DB);
    assertThatThrownBy(() -> there.adopt("web", WEB, address(20)))
        .isInstanceOf(AddressException.class)
        .hasMessageContaining("10.42.0.20 is reserved for db");
    assertThatThrownBy(() -> there.adopt("web", DB, address(10)))
        .hasMessageContaining("the Ethernet address 52:54:00:00:00:02 is that of db");
    assertThatThrownBy(() -> there.adopt("web", WEB, address(1)))
        .hasMessageContaining("is not for machines");
    assertThatThrownBy(() -> there.adopt("web", WEB, Ipv4Address.parse("10.43.0.1")))
        .hasMessageContaining("is not for machines");
    there.lend(OTHER, address(21));
    assertThatThrownBy(() -> there.adopt("web", WEB, address(21)))
        .hasMessageContaining("10.42.0.21 is lent to 52:54:00:00:00:03");
    now = now.plus(AddressPool.TERM).plusSeconds(1);
    there.adopt("web", WEB, address(21));
    assertThat(there.leases()).hasSize(2);
  }

  @Test
  void aRangeIsReadStrictly() {
    assertThat(Ipv4Range.parse("10.42.0.10-10.42.0.20").contains(address(20))).isTrue();
    for (String wrong : List.of("", "10.42.0.10", "10.42.0.20-10.42.0.10", "a-b", "1.1.1.1-2-3")) {
      assertThatThrownBy(() -> Ipv4Range.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
