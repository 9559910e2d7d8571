package org.javisor.host.instance;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ByteSize;
import org.javisor.host.NetworkCard;
import org.javisor.host.ProblemException;
import org.javisor.host.network.NetworkStore;
import org.javisor.network.ForwardRequest;
import org.javisor.network.MachinePort;
import org.javisor.network.NetworkException;
import org.javisor.network.PortRates;
import org.javisor.network.PortRequest;
import org.javisor.network.ethernet.RateLimit;
import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.forward.Forward;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the network devices of an instance are plugged into while it is on: a port of a network for
 * its {@code nic}, a listener on this host for each {@code proxy}.
 */
final class Cabling implements AutoCloseable {
  private static final Pattern END = Pattern.compile("(tcp|udp):(.*):([0-9]{1,5})");
  private static final int BITS_IN_BYTE = 8;

  private final NetworkCard card;
  private final @Nullable MachinePort port;
  private final Listening listening;
  private PortRates rates;
  private final List<Forward> forwards = new ArrayList<>();

  /** Begins to listen. */
  private interface Listening {
    void begin(List<Forward> forwards) throws NetworkException;
  }

  private Cabling(
      NetworkCard card, @Nullable MachinePort port, PortRates rates, Listening listening) {
    this.rates = rates;
    this.card = card;
    this.port = port;
    this.listening = listening;
  }

  /** The rates that the network device among these says. */
  static PortRates rates(Map<String, Map<String, String>> devices) {
    return first(devices, "nic").map(Cabling::ratesOf).orElse(PortRates.NONE);
  }

  private static PortRates ratesOf(Map<String, String> nic) {
    return new PortRates(rate(nic, "limits.egress"), rate(nic, "limits.ingress"));
  }

  /** Has the port keep to these rates from now on. */
  void setRates(PortRates other) {
    if (port != null && !other.equals(rates)) {
      port.setRates(other);
      rates = other;
    }
  }

  /**
   * Plugs an instance in as its devices say.
   *
   * @param mac the address of its card if its devices do not name one
   * @throws ProblemException if a device asks for what is not possible; nothing is plugged in then
   */
  static Cabling of(
      NetworkStore networks, String name, Map<String, Map<String, String>> devices, MacAddress mac)
      throws InterruptedException {
    Cabling cabling = silent(networks, name, devices, mac);
    boolean done = false;
    try {
      cabling.listen();
      done = true;
      return cabling;
    } finally {
      if (!done) {
        cabling.close();
      }
    }
  }

  /** As {@link #of}, but nothing listens on this host before {@link #listen}. */
  static Cabling silent(
      NetworkStore networks, String name, Map<String, Map<String, String>> devices, MacAddress mac)
      throws InterruptedException {
    return plugged(networks, name, devices, mac, networks::attach);
  }

  /**
   * As {@link #silent}, for an instance that is still on another host of its network: nothing goes
   * through its port before {@link #arrive}.
   *
   * @param address what it has there
   */
  static Cabling expecting(
      NetworkStore networks,
      String name,
      Map<String, Map<String, String>> devices,
      MacAddress mac,
      Ipv4Address address)
      throws InterruptedException {
    return plugged(
        networks,
        name,
        devices,
        mac,
        (network, request) -> networks.expect(network, request, address));
  }

  /** How a port of a network is had. */
  private interface Plug {
    MachinePort into(String network, PortRequest request) throws InterruptedException;
  }

  private static Cabling plugged(
      NetworkStore networks,
      String name,
      Map<String, Map<String, String>> devices,
      MacAddress mac,
      Plug plug)
      throws InterruptedException {
    Optional<Map<String, String>> nic = first(devices, "nic");
    if (nic.isEmpty()) {
      return new Cabling(NetworkCard.alone(mac), null, PortRates.NONE, forwards -> {});
    }
    String network = network(nic.get());
    MachinePort port = plug.into(network, request(name, nic.get(), mac));
    return new Cabling(
        NetworkCard.of(port.mac(), port.mtu(), port),
        port,
        ratesOf(nic.get()),
        forwards -> {
          for (Map<String, String> device : devices.values()) {
            if ("proxy".equals(device.get("type"))) {
              forwards.add(
                  networks
                      .running(network)
                      .orElseThrow(() -> new NetworkException("the network has just ended"))
                      .forward(forward(name, device)));
            }
          }
        });
  }

  private static String network(Map<String, String> nic) {
    return nic.getOrDefault("network", NetworkStore.DEFAULT);
  }

  /** The network that an instance with these devices is on, if it is on one. */
  static Optional<String> networkOf(Map<String, Map<String, String>> devices) {
    return first(devices, "nic").map(Cabling::network);
  }

  /** The instance is here from now on; the network is told. */
  void arrive() {
    if (port != null) {
      port.arrive();
    }
  }

  /**
   * Begins to listen on this host for the instance.
   *
   * @throws ProblemException if that is not possible
   */
  void listen() {
    try {
      listening.begin(forwards);
    } catch (NetworkException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  private static Optional<Map<String, String>> first(
      Map<String, Map<String, String>> devices, String type) {
    return devices.values().stream().filter(device -> type.equals(device.get("type"))).findFirst();
  }

  /**
   * Checks devices without plugging anything in.
   *
   * @throws ProblemException naming what is not possible
   */
  static void check(Map<String, Map<String, String>> devices) {
    for (Map<String, String> device : devices.values()) {
      if ("nic".equals(device.get("type"))) {
        request("checked", device, MacAddress.random());
      } else if ("proxy".equals(device.get("type"))) {
        forward("checked", device);
      }
    }
  }

  private static PortRequest request(String name, Map<String, String> nic, MacAddress mac) {
    try {
      String own = nic.getOrDefault("hwaddr", "");
      boolean addresses = truth(nic, "security.ipv4_filtering", true);
      boolean macs = truth(nic, "security.mac_filtering", true);
      PortRates rates = ratesOf(nic);
      return new PortRequest(
          name,
          own.isEmpty() ? mac : MacAddress.parse(own),
          Optional.ofNullable(nic.get("ipv4.address"))
              .filter(text -> !text.isEmpty())
              .map(Ipv4Address::parse),
          addresses
              ? SpoofProtection.MAC_AND_ADDRESS
              : macs ? SpoofProtection.MAC : SpoofProtection.NONE,
          truth(nic, "security.port_isolation", false),
          rates.send(),
          rates.receive());
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "the network device is not possible", String.valueOf(e.getMessage()));
    }
  }

  private static boolean truth(Map<String, String> nic, String key, boolean otherwise) {
    return switch (nic.getOrDefault(key, "")) {
      case "" -> otherwise;
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + " is true or false");
    };
  }

  /** A rate is written in bits, such as 10Mbit, or as a size in bytes. */
  private static Optional<RateLimit> rate(Map<String, String> nic, String key) {
    String text = nic.getOrDefault(key, nic.getOrDefault("limits.max", ""));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        RateLimit.of(
            text.endsWith("bit")
                ? ByteSize.parse(text.substring(0, text.length() - "bit".length()) + "B")
                    / BITS_IN_BYTE
                : ByteSize.parse(text)));
  }

  private static ForwardRequest forward(String machine, Map<String, String> proxy) {
    Matcher listen = END.matcher(proxy.getOrDefault("listen", ""));
    Matcher connect = END.matcher(proxy.getOrDefault("connect", ""));
    if (!listen.matches() || !connect.matches() || !listen.group(1).equals(connect.group(1))) {
      throw ProblemException.badInput(
          "a proxy device listens and connects at addresses of one protocol",
          "write them like tcp:127.0.0.1:8080 and tcp:127.0.0.1:80");
    }
    try {
      return new ForwardRequest(
          listen.group(1).equals("tcp") ? ForwardRequest.Protocol.TCP : ForwardRequest.Protocol.UDP,
          new InetSocketAddress(
              InetAddress.ofLiteral(listen.group(2).replaceAll("[\\[\\]]", "")),
              Integer.parseInt(listen.group(3))),
          machine,
          Integer.parseInt(connect.group(3)));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badInput(
          "a proxy device cannot listen at " + proxy.get("listen"), String.valueOf(e.getMessage()));
    }
  }

  /** What the machine is built with. */
  NetworkCard card() {
    return card;
  }

  /** Its port of a network, if it is on one. */
  Optional<MachinePort> port() {
    return Optional.ofNullable(port);
  }

  @Override
  public void close() {
    forwards.forEach(Forward::close);
    if (port != null) {
      port.close();
    }
  }
}
