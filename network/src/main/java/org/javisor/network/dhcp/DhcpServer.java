package org.javisor.network.dhcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.MacAddress;

/**
 * Tells machines their addresses (RFC 2131). It knows nothing of sockets: payloads of datagrams
 * come in and go out.
 */
public final class DhcpServer {
  /** The port of servers. */
  public static final int PORT = 67;

  /** The port of clients. */
  public static final int CLIENT_PORT = 68;

  /** How long a machine may believe in its address without asking again. */
  private static final Duration RESERVED_TERM = Duration.ofHours(12);

  /**
   * What all machines are told.
   *
   * @param server the address of this server and of the name server
   * @param router the way to everywhere else, if there is one
   * @param domain the domain of the machines' names
   * @param mtu largest payload of a frame in bytes
   */
  public record Settings(
      Ipv4Subnet subnet,
      Ipv4Address server,
      Optional<Ipv4Address> router,
      String domain,
      int mtu) {}

  /**
   * An answer.
   *
   * @param payload of a datagram from {@link #PORT} to {@link #CLIENT_PORT}
   * @param destination the address to send it to, which may be everyone's; the Ethernet address is
   *     the client's, unless it is for everyone
   */
  @SuppressWarnings("ArrayRecordComponent") // Answers are not compared.
  public record Answer(byte[] payload, Ipv4Address destination) {}

  private final Settings settings;
  private final AddressPool pool;

  /** A server of these addresses. */
  public DhcpServer(Settings settings, AddressPool pool) {
    this.settings = settings;
    this.pool = pool;
  }

  /** Whether answering a client may take the time to write to a disk. */
  public boolean mayWrite(MacAddress client) {
    return pool.of(client).flatMap(Lease::machine).isEmpty();
  }

  /**
   * Answers a message.
   *
   * @param sender the Ethernet address it came from; a client speaks for no other
   * @return nothing if there is nothing to say
   * @throws IOException if a lease cannot be written down
   */
  public Optional<Answer> handle(MacAddress sender, byte[] payload) throws IOException {
    DhcpMessage message = DhcpMessage.parse(payload);
    if (message == null
        || message.reply()
        || message.mac() != sender.bits()
        || message.relay().bits() != 0) {
      return Optional.empty();
    }
    return switch (message.type()) {
      case DhcpMessage.DISCOVER -> discover(sender, message);
      case DhcpMessage.REQUEST -> request(sender, message);
      case DhcpMessage.INFORM -> inform(sender, message);
      case DhcpMessage.RELEASE -> {
        pool.release(sender, message.clientAddress());
        yield Optional.empty();
      }
      case DhcpMessage.DECLINE -> {
        Optional<Ipv4Address> address = message.address(DhcpOption.REQUESTED_ADDRESS);
        if (address.isPresent()) {
          pool.decline(sender, address.get());
        }
        yield Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private Optional<Answer> discover(MacAddress sender, DhcpMessage message) {
    Optional<Ipv4Address> address =
        pool.offer(sender, message.address(DhcpOption.REQUESTED_ADDRESS));
    return address.map(offered -> grant(DhcpMessage.OFFER, sender, message, offered));
  }

  /** RFC 2131, section 4.3.2. */
  private Optional<Answer> request(MacAddress sender, DhcpMessage message) throws IOException {
    Optional<Ipv4Address> server = message.address(DhcpOption.SERVER_IDENTIFIER);
    if (server.isPresent() && !server.get().equals(settings.server())) {
      return Optional.empty();
    }
    Ipv4Address wanted =
        message.address(DhcpOption.REQUESTED_ADDRESS).orElse(message.clientAddress());
    Optional<Lease> lease = pool.of(sender);
    boolean granted =
        lease.flatMap(Lease::machine).isPresent()
            ? lease.map(Lease::address).equals(Optional.of(wanted))
            : pool.lend(sender, wanted);
    return Optional.of(
        granted
            ? grant(DhcpMessage.ACK, sender, message, wanted)
            : answer(DhcpMessage.NAK, message, Ipv4Address.UNSPECIFIED, new LinkedHashMap<>()));
  }

  private Answer grant(int type, MacAddress sender, DhcpMessage message, Ipv4Address address) {
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    Optional<String> machine = pool.of(sender).flatMap(Lease::machine);
    int term = (int) (machine.isPresent() ? RESERVED_TERM : AddressPool.TERM).toSeconds();
    options.put(DhcpOption.LEASE_TIME, intBytes(term));
    options.put(DhcpOption.RENEWAL_TIME, intBytes(term / 2));
    options.put(DhcpOption.REBINDING_TIME, intBytes(term / 8 * 7));
    describe(message, machine, options);
    return answer(type, message, address, options);
  }

  private Optional<Answer> inform(MacAddress sender, DhcpMessage message) {
    if (!settings.subnet().containsHost(message.clientAddress())) {
      return Optional.empty();
    }
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    describe(message, pool.of(sender).flatMap(Lease::machine), options);
    return Optional.of(answer(DhcpMessage.ACK, message, Ipv4Address.UNSPECIFIED, options));
  }

  private void describe(
      DhcpMessage message, Optional<String> machine, Map<Integer, byte[]> options) {
    int server = settings.server().bits();
    Ipv4Subnet subnet = settings.subnet();
    options.put(DhcpOption.SUBNET_MASK, intBytes(subnet.mask().bits()));
    Map<Integer, byte[]> wanted = new LinkedHashMap<>();
    // Who wants classless routes does not look at the router (RFC 3442), so both say the same.
    if (settings.router().isPresent()) {
      int router = settings.router().get().bits();
      wanted.put(DhcpOption.CLASSLESS_STATIC_ROUTE, defaultRoute(router));
      wanted.put(DhcpOption.ROUTER, intBytes(router));
    }
    wanted.put(DhcpOption.DOMAIN_NAME_SERVER, intBytes(server));
    machine.ifPresent(name -> wanted.put(DhcpOption.HOST_NAME, name.getBytes(US_ASCII)));
    wanted.put(DhcpOption.DOMAIN_NAME, settings.domain().getBytes(US_ASCII));
    wanted.put(DhcpOption.INTERFACE_MTU, shortBytes(settings.mtu()));
    wanted.put(DhcpOption.BROADCAST_ADDRESS, intBytes(subnet.broadcast().bits()));
    wanted.put(DhcpOption.DOMAIN_SEARCH, labels(settings.domain()));
    wanted.forEach(
        (number, value) -> {
          if (message.wants(number)) {
            options.put(number, value);
          }
        });
  }

  private Answer answer(
      int type, DhcpMessage message, Ipv4Address address, Map<Integer, byte[]> more) {
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    options.put(DhcpOption.MESSAGE_TYPE, new byte[] {(byte) type});
    options.put(DhcpOption.SERVER_IDENTIFIER, intBytes(settings.server().bits()));
    options.putAll(more);
    boolean nak = type == DhcpMessage.NAK;
    Ipv4Address client = nak ? Ipv4Address.UNSPECIFIED : message.clientAddress();
    DhcpMessage reply =
        new DhcpMessage(
            true,
            message.transaction(),
            message.broadcast(),
            client,
            address,
            Ipv4Address.UNSPECIFIED,
            message.mac(),
            options);
    Ipv4Address all = Ipv4Address.BROADCAST;
    // Who has an address already hears it there (section 4.1).
    Ipv4Address destination =
        client.bits() != 0 ? client : address.bits() == 0 || message.broadcast() ? all : address;
    return new Answer(reply.toBytes(), destination);
  }

  private static byte[] intBytes(int value) {
    byte[] bytes = new byte[4];
    BigEndian.putInt(bytes, 0, value);
    return bytes;
  }

  private static byte[] shortBytes(int value) {
    return new byte[] {(byte) (value >>> 8), (byte) value};
  }

  /** A prefix of no bits, and who is the way to there (RFC 3442). */
  private static byte[] defaultRoute(int router) {
    byte[] route = new byte[5];
    BigEndian.putInt(route, 1, router);
    return route;
  }

  /** A name as in DNS, without compression (RFC 3397). */
  private static byte[] labels(String domain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : domain.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(US_ASCII));
    }
    out.write(0);
    return out.toByteArray();
  }
}
