package org.javisor.network.passt;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.javisor.network.gateway.Gateway;
import org.javisor.network.gateway.Uplink;
import org.javisor.network.nat.AddressTranslator;
import org.javisor.network.nat.Station;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Fragments;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.Offload;
import org.javisor.virtio.net.OffloadSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way out through passt, which is started again when it dies; conversations end with it.
 *
 * <p>Connections from the host into the network take the same way: passt listens at one port of the
 * loopback interface, the trunk, and whoever connects there comes to the network with the port it
 * connects from. That port is announced to the address translator first, which so knows the machine
 * that the connection is for; one that was not announced is refused.
 */
public final class PasstUplink implements Uplink, AutoCloseable {
  private static final Logger LOG = System.getLogger(PasstUplink.class.getName());
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** A little less than its link's MTU: more is cut to segments. */
  private static final int LARGEST_FRAME = 65_000;

  /** Our address at passt's end of the link, where there is nobody else. */
  private static final long LINK_MAC = 0x0200_0000_0001L;

  private final PasstConfiguration configuration;
  private final Gateway gateway;
  private final AddressTranslator translator;
  private final HostAddresses hostAddresses = new HostAddresses();
  private final Thread watcher;
  private final Thread keeper;
  private volatile @Nullable Running running;
  private volatile boolean closed;
  private volatile long passtMac = Ethernet.BROADCAST;
  private int fragmented;

  private record Running(PasstProcess process, int trunkPort) {}

  /**
   * Starts passt.
   *
   * @param gateway sends to the machines
   * @throws IOException if it is not installed or does not come up
   * @throws InterruptedException if interrupted; nothing is left
   */
  public PasstUplink(PasstConfiguration configuration, Gateway gateway)
      throws IOException, InterruptedException {
    this.configuration = configuration;
    this.gateway = gateway;
    translator =
        new AddressTranslator(configuration.outside().bits(), System::nanoTime, new SecureRandom());
    running = start();
    watcher = hostAddresses.watch();
    keeper = Thread.ofVirtual().name("passt").start(this::keep);
  }

  private Running start() throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      int trunkPort;
      // Somebody may take the port between us and passt; then there is another one.
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        trunkPort = free.getLocalPort();
      }
      try {
        PasstProcess process = PasstProcess.start(configuration, trunkPort, this::receive);
        process.send(greeting(), 0);
        return new Running(process, trunkPort);
      } catch (IOException e) {
        boolean absent = e.getMessage() != null && e.getMessage().contains("error=2");
        if (absent || attempt == ATTEMPTS) {
          throw absent
              ? new IOException(
                  "passt is not installed: install it (Debian: apt-get install passt), or do without an uplink",
                  e)
              : e;
        }
      }
    }
  }

  /** Tells passt our address, and has it tell us its own. */
  private byte[] greeting() {
    return new ArpPacket(
            ArpPacket.REQUEST,
            LINK_MAC,
            configuration.outside().bits(),
            0,
            configuration.host().bits())
        .frame(Ethernet.BROADCAST);
  }

  private void keep() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (!closed) {
        Running now = running;
        if (now != null) {
          now.process().awaitEnd();
          now.process().close();
          running = null;
          translator.clear();
          if (closed) {
            return;
          }
          LOG.log(Level.WARNING, "passt has ended; it is started again");
        }
        TimeUnit.MILLISECONDS.sleep(pause);
        try {
          Running again = start();
          running = again;
          if (closed) {
            again.process().close();
          }
          pause = FIRST_PAUSE_MILLIS;
        } catch (IOException e) {
          LOG.log(Level.WARNING, "passt does not start: " + e.getMessage());
          pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // It is being closed.
    }
  }

  @Override
  public boolean send(Frame frame, Ipv4Packet packet) {
    Running now = running;
    int destination = packet.destination();
    boolean host = destination == configuration.host().bits();
    if (now == null
        || neverRouted(destination)
        || (!configuration.hostAccess() && !host && hostAddresses.contains(destination))) {
      return false;
    }
    if (frame.length() > LARGEST_FRAME) {
      for (Frame part : OffloadSupport.NONE.adapt(frame)) {
        Ipv4Packet cut = Ipv4Packet.parse(part.bytes());
        if (cut != null && part.length() <= LARGEST_FRAME) {
          translate(now, part, cut);
        }
      }
    } else {
      translate(now, frame, packet);
    }
    return true;
  }

  /** This network, this host, this link. */
  private static boolean neverRouted(int address) {
    int first = address >>> 24;
    return first == 0 || first == 127 || address >>> 16 == 0xa9fe;
  }

  private void translate(Running now, Frame frame, Ipv4Packet packet) {
    // Machines kept from the host still answer it.
    boolean mayBegin =
        configuration.hostAccess() || packet.destination() != configuration.host().bits();
    byte[] translated = translator.outgoing(frame, packet, mayBegin);
    if (translated != null) {
      Ethernet.write(translated, passtMac, LINK_MAC, Ethernet.IPV4);
      now.process().send(translated, packet.source());
    }
  }

  /** A frame from passt. */
  private void receive(byte[] frame) {
    passtMac = BigEndian.macAt(frame, Ethernet.SOURCE);
    if (BigEndian.shortAt(frame, Ethernet.TYPE) != Ethernet.IPV4) {
      return;
    }
    Ipv4Packet packet = Ipv4Packet.parse(frame);
    if (packet == null) {
      return;
    }
    Station station = translator.incoming(frame, packet);
    if (station == null) {
      refuse(frame, packet);
      return;
    }
    Ethernet.write(frame, station.mac(), configuration.mac().bits(), Ethernet.IPV4);
    List<byte[]> parts = Ipv4Fragments.cut(frame, packet, configuration.mtu(), ++fragmented);
    Offload offload = parts.size() == 1 ? Offload.VALID : Offload.NONE;
    for (byte[] part : parts) {
      gateway.send(new Frame(part, offload));
    }
  }

  private void refuse(byte[] frame, Ipv4Packet packet) {
    Running now = running;
    byte[] reset = packet.protocol() == Ipv4Packet.TCP ? TcpSegment.refusal(frame, packet) : null;
    if (now != null && reset != null) {
      Ethernet.write(reset, passtMac, LINK_MAC, Ethernet.IPV4);
      now.process().send(reset, 0);
    }
  }

  /**
   * Connects from the host to a port of a machine. The connection stands before the machine has
   * taken it; one that refuses ends it.
   *
   * @throws IOException if there is no way at the moment
   */
  public SocketChannel connect(Station station, int port) throws IOException {
    Running now = running;
    if (now == null) {
      throw new IOException("passt is not running");
    }
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
    try {
      channel.bind(new InetSocketAddress(loopback, 0));
      int from = ((InetSocketAddress) channel.getLocalAddress()).getPort();
      translator.announce(now.trunkPort(), configuration.host().bits(), from, station, port);
      channel.connect(new InetSocketAddress(loopback, now.trunkPort()));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Conversations with the outside now. */
  public int flows() {
    return translator.flows();
  }

  /** The process of passt, for those that look; 0 if there is none at the moment. */
  public long pid() {
    Running now = running;
    return now == null ? 0 : now.process().pid();
  }

  /** Ends passt; it is gone when this returns. */
  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
    keeper.interrupt();
    Running now = running;
    if (now != null) {
      now.process().close();
    }
  }
}
