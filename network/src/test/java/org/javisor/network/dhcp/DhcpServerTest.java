package org.javisor.network.dhcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhcpServerTest {
  private static final MacAddress WEB = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");
  private static final Ipv4Address SERVER = Ipv4Address.parse("10.0.0.1");
  private static final Ipv4Subnet SUBNET = Ipv4Subnet.parse("10.0.0.0/28");

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private AddressPool pool;
  private DhcpServer server;

  @BeforeEach
  void open() throws Exception {
    pool = AddressPool.open(SUBNET, Set.of(SERVER), folder.resolve("leases"), () -> now);
    server =
        new DhcpServer(
            new DhcpServer.Settings(SUBNET, SERVER, Optional.of(SERVER), "lan.internal", 1400),
            pool);
  }

  private static Map<Integer, byte[]> options(int type) {
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    options.put(DhcpOption.MESSAGE_TYPE, new byte[] {(byte) type});
    return options;
  }

  private static byte[] bytes(Ipv4Address address) {
    return address.toInetAddress().getAddress();
  }

  private Optional<DhcpMessage> ask(
      MacAddress mac, Map<Integer, byte[]> options, Ipv4Address client) throws Exception {
    DhcpMessage message =
        new DhcpMessage(
            false,
            77,
            false,
            client,
            Ipv4Address.UNSPECIFIED,
            Ipv4Address.UNSPECIFIED,
            mac.bits(),
            options);
    Optional<DhcpServer.Answer> answer = server.handle(mac, message.toBytes());
    return answer.map(each -> DhcpMessage.parse(each.payload()));
  }

  private Optional<DhcpMessage> request(MacAddress mac, Ipv4Address wanted) throws Exception {
    Map<Integer, byte[]> options = options(DhcpMessage.REQUEST);
    options.put(DhcpOption.REQUESTED_ADDRESS, bytes(wanted));
    return ask(mac, options, Ipv4Address.UNSPECIFIED);
  }

  @Test
  void aMachineGetsTheAddressReservedForIt() throws Exception {
    Lease lease = pool.reserve("web-1", WEB, Optional.empty());
    assertThat(lease.address()).isEqualTo(Ipv4Address.parse("10.0.0.2"));
    DhcpMessage offer =
        ask(WEB, options(DhcpMessage.DISCOVER), Ipv4Address.UNSPECIFIED).orElseThrow();
    assertThat(offer.type()).isEqualTo(DhcpMessage.OFFER);
    assertThat(offer.transaction()).isEqualTo(77);
    assertThat(offer.yourAddress()).isEqualTo(lease.address());
    DhcpMessage ack = request(WEB, lease.address()).orElseThrow();
    assertThat(ack.type()).isEqualTo(DhcpMessage.ACK);
    assertThat(ack.address(DhcpOption.SUBNET_MASK)).contains(Ipv4Address.parse("255.255.255.240"));
    assertThat(ack.address(DhcpOption.ROUTER)).contains(SERVER);
    assertThat(ack.address(DhcpOption.DOMAIN_NAME_SERVER)).contains(SERVER);
    assertThat(ack.address(DhcpOption.BROADCAST_ADDRESS)).contains(Ipv4Address.parse("10.0.0.15"));
    assertThat(ack.options().get(DhcpOption.HOST_NAME)).isEqualTo("web-1".getBytes(US_ASCII));
    assertThat(ack.options().get(DhcpOption.INTERFACE_MTU)).containsExactly(5, 0x78);
    assertThat(ack.options().get(DhcpOption.DOMAIN_SEARCH))
        .isEqualTo("\003lan\010internal\000".getBytes(US_ASCII));
    assertThat(ack.options().get(DhcpOption.CLASSLESS_STATIC_ROUTE))
        .containsExactly(0, 10, 0, 0, 1);
    assertThat(ack.options().get(DhcpOption.LEASE_TIME)).containsExactly(0, 0, 0xa8, 0xc0);
    assertThat(request(WEB, Ipv4Address.parse("10.0.0.9")).orElseThrow().type())
        .isEqualTo(DhcpMessage.NAK);
    assertThat(request(WEB, SERVER).orElseThrow().type()).isEqualTo(DhcpMessage.NAK);
  }

  @Test
  void whoWantsFewOptionsGetsThose() throws Exception {
    pool.reserve("web-1", WEB, Optional.empty());
    Map<Integer, byte[]> options = options(DhcpMessage.DISCOVER);
    options.put(DhcpOption.PARAMETER_REQUEST_LIST, new byte[] {3});
    DhcpMessage offer = ask(WEB, options, Ipv4Address.UNSPECIFIED).orElseThrow();
    assertThat(offer.options().keySet())
        .contains(DhcpOption.ROUTER)
        .doesNotContain(DhcpOption.HOST_NAME, DhcpOption.INTERFACE_MTU);
  }

  @Test
  void renewingNeedsNoOption() throws Exception {
    Lease lease = pool.reserve("web-1", WEB, Optional.empty());
    DhcpMessage ack = ask(WEB, options(DhcpMessage.REQUEST), lease.address()).orElseThrow();
    assertThat(ack.type()).isEqualTo(DhcpMessage.ACK);
    DhcpMessage inform = ask(WEB, options(DhcpMessage.INFORM), lease.address()).orElseThrow();
    assertThat(inform.type()).isEqualTo(DhcpMessage.ACK);
    assertThat(inform.options()).doesNotContainKey(DhcpOption.LEASE_TIME);
  }

  @Test
  void othersGetAnAddressForATerm() throws Exception {
    Ipv4Address offered =
        ask(OTHER, options(DhcpMessage.DISCOVER), Ipv4Address.UNSPECIFIED)
            .orElseThrow()
            .yourAddress();
    assertThat(pool.leases()).as("nothing is given by an offer").isEmpty();
    assertThat(request(OTHER, offered).orElseThrow().type()).isEqualTo(DhcpMessage.ACK);
    assertThat(pool.leases()).hasSize(1);
    now = now.plus(AddressPool.TERM).plusSeconds(1);
    assertThat(pool.leases()).isEmpty();
    assertThat(request(OTHER, offered).orElseThrow().type()).isEqualTo(DhcpMessage.ACK);
    ask(OTHER, options(DhcpMessage.RELEASE), offered);
    assertThat(pool.leases()).isEmpty();
  }

  @Test
  void anAddressThatSomebodyElseUsesIsNotGivenAgainSoon() throws Exception {
    Ipv4Address first = Ipv4Address.parse("10.0.0.2");
    request(OTHER, first);
    Map<Integer, byte[]> options = options(DhcpMessage.DECLINE);
    options.put(DhcpOption.REQUESTED_ADDRESS, bytes(first));
    ask(OTHER, options, Ipv4Address.UNSPECIFIED);
    assertThat(
            ask(OTHER, options(DhcpMessage.DISCOVER), Ipv4Address.UNSPECIFIED)
                .orElseThrow()
                .yourAddress())
        .isNotEqualTo(first);
    assertThat(request(OTHER, first).orElseThrow().type()).isEqualTo(DhcpMessage.NAK);
  }

  @Test
  void noStrangerUsesUpTheAddresses() throws Exception {
    int given = 0;
    for (int i = 0; i < 100; i++) {
      MacAddress mac = new MacAddress(0x5254_1100_0000L + i);
      Optional<DhcpMessage> offer =
          ask(mac, options(DhcpMessage.DISCOVER), Ipv4Address.UNSPECIFIED);
      if (offer.isPresent()) {
        request(mac, offer.get().yourAddress());
        given++;
      }
    }
    assertThat(given).isEqualTo(8);
    for (int i = 0; i < 5; i++) {
      pool.reserve("m" + i, new MacAddress(0x5254_2200_0000L + i), Optional.empty());
    }
  }

  @Test
  void whoChoseAnotherServerOrSpeaksForOthersGetsNoAnswer() throws Exception {
    Map<Integer, byte[]> options = options(DhcpMessage.REQUEST);
    options.put(DhcpOption.SERVER_IDENTIFIER, new byte[] {10, 0, 0, 3});
    assertThat(ask(WEB, options, Ipv4Address.UNSPECIFIED)).isEmpty();
    DhcpMessage foreign =
        new DhcpMessage(
            false,
            1,
            false,
            Ipv4Address.UNSPECIFIED,
            Ipv4Address.UNSPECIFIED,
            Ipv4Address.UNSPECIFIED,
            OTHER.bits(),
            options(DhcpMessage.DISCOVER));
    assertThat(server.handle(WEB, foreign.toBytes())).isEmpty();
  }

  @Test
  void leasesSurviveAndStayWithTheName() throws Exception {
    Ipv4Address web = pool.reserve("web-1", WEB, Optional.empty()).address();
    Ipv4Address fixed = Ipv4Address.parse("10.0.0.9");
    pool.reserve("db", OTHER, Optional.of(fixed));
    AddressPool again =
        AddressPool.open(SUBNET, Set.of(SERVER), folder.resolve("leases"), () -> now);
    assertThat(again.leases()).isEqualTo(pool.leases());
    MacAddress newCard = MacAddress.parse("52:54:00:00:00:03");
    assertThat(again.reserve("web-1", newCard, Optional.empty()).address()).isEqualTo(web);
    assertThat(again.of(WEB)).isEmpty();
    again.forget("db");
    assertThat(again.at(fixed)).isEmpty();
  }

  @Test
  void anAddressGoesWithTheCardToAnotherName() throws Exception {
    Ipv4Address web = pool.reserve("web-1", WEB, Optional.empty()).address();
    assertThat(pool.reserve("www", WEB, Optional.empty()).address()).isEqualTo(web);
    assertThat(pool.reserve("web-1", OTHER, Optional.empty()).address()).isNotEqualTo(web);
    assertThat(pool.leases()).hasSize(2);
  }

  @Test
  void addressesOfMachinesThatAreNoMoreAreFree() throws Exception {
    Ipv4Address web = pool.reserve("web-1", WEB, Optional.empty()).address();
    pool.reserve("db", OTHER, Optional.empty());
    pool.keep("db"::equals);
    assertThat(pool.at(web)).isEmpty();
    AddressPool again =
        AddressPool.open(SUBNET, Set.of(SERVER), folder.resolve("leases"), () -> now);
    assertThat(again.leases()).isEqualTo(pool.leases()).hasSize(1);
  }

  @Test
  void whatCannotBeReservedIsSaid() throws Exception {
    pool.reserve("web-1", WEB, Optional.of(Ipv4Address.parse("10.0.0.9")));
    assertThatThrownBy(() -> pool.reserve("db", OTHER, Optional.of(Ipv4Address.parse("10.0.0.9"))))
        .isInstanceOf(AddressException.class)
        .hasMessageContaining("reserved for web-1");
    assertThatThrownBy(() -> pool.reserve("db", OTHER, Optional.of(Ipv4Address.parse("10.0.1.9"))))
        .hasMessageContaining("not for machines of the subnet 10.0.0.0/28");
    Files.writeString(folder.resolve("leases"), "something else\n");
    assertThatThrownBy(
            () -> AddressPool.open(SUBNET, Set.of(), folder.resolve("leases"), () -> now))
        .hasMessageContaining("not a file of leases");
  }

  @Test
  void noMessageThrows() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<Integer, byte[]> options = options(DhcpMessage.DISCOVER);
    options.put(DhcpOption.OVERLOAD, new byte[] {3});
    options.put(DhcpOption.REQUESTED_ADDRESS, new byte[] {10, 0, 0, 5});
    byte[] good =
        new DhcpMessage(
                false,
                1,
                true,
                Ipv4Address.UNSPECIFIED,
                Ipv4Address.UNSPECIFIED,
                Ipv4Address.UNSPECIFIED,
                WEB.bits(),
                options)
            .toBytes();
    for (int length = 0; length <= good.length; length++) {
      server.handle(WEB, Arrays.copyOf(good, length));
    }
    for (int i = 0; i < 50_000; i++) {
      byte[] bad = good.clone();
      for (int change = random.nextInt(1, 10); change > 0; change--) {
        int position = random.nextBoolean() ? random.nextInt(bad.length) : random.nextInt(236, 270);
        bad[position] = (byte) random.nextInt(256);
      }
      server.handle(WEB, bad);
    }
    byte[] overrun = good.clone();
    overrun[240] = 12;
    overrun[241] = (byte) 255;
    assertThat(DhcpMessage.parse(overrun)).as("seed %d", seed).isNull();
  }
}
