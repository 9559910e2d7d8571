package org.javisor.network.tcp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one port. How many there are at once is bounded, for all and for each client;
 * who asks for more is not answered, and asks again. Safe from any thread; nothing waits.
 */
public final class TcpServer implements AutoCloseable {
  static final int MAXIMUM_CONNECTIONS = 128;
  static final int MAXIMUM_CONNECTIONS_OF_ONE = 8;

  private static final long TICK_MILLIS = 100;

  /**
   * Where it is.
   *
   * @param port of TCP
   * @param mtu largest payload of a frame in bytes
   */
  public record Place(Ipv4Address address, MacAddress mac, int port, int mtu) {}

  private record Client(int address, int port) {}

  private final Place place;
  private final Session.Service service;
  private final Consumer<Frame> sender;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Map<Client, Connection> connections = new HashMap<>();
  private boolean ticking;
  private boolean closed;

  /**
   * Serves at a port.
   *
   * @param sender takes frames for clients
   * @param nanoTime a monotonic clock
   * @param random of numbers that clients must not guess
   */
  public TcpServer(
      Place place,
      Session.Service service,
      Consumer<Frame> sender,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.place = place;
    this.service = service;
    this.sender = sender;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /**
   * Takes a segment for this port.
   *
   * @return false if it is of no connection, and should be refused
   */
  public boolean receive(byte[] frame, Ipv4Packet packet) {
    TcpSegment segment = TcpSegment.parse(frame, packet);
    if (segment == null) {
      return true;
    }
    Client client = new Client(packet.source(), segment.sourcePort());
    Connection connection = find(client, segment);
    if (connection != null) {
      connection.receive(segment);
      return true;
    }
    if (!segment.asksToConnect()) {
      return false;
    }
    connection = open(client, segment, BigEndian.macAt(frame, Ethernet.SOURCE));
    if (connection != null) {
      connection.run(connection.tcp::begin);
    }
    return true;
  }

  private synchronized @Nullable Connection find(Client client, TcpSegment segment) {
    Connection connection = connections.get(client);
    if (connection != null && segment.asksToConnect() && connection.givesWayTo(segment)) {
      connections.remove(client);
      return null;
    }
    return connection;
  }

  private synchronized @Nullable Connection open(Client client, TcpSegment syn, long mac) {
    long own =
        connections.keySet().stream().filter(key -> key.address() == client.address()).count();
    if (closed
        || connections.size() >= MAXIMUM_CONNECTIONS
        || own >= MAXIMUM_CONNECTIONS_OF_ONE
        || connections.containsKey(client)) {
      return null;
    }
    Connection connection = new Connection(client, mac, syn);
    connections.put(client, connection);
    if (!ticking) {
      ticking = true;
      Thread.ofVirtual().name("tcp-timer").start(this::keepTime);
    }
    return connection;
  }

  /** Connections now. */
  public synchronized int connections() {
    return connections.size();
  }

  private void keepTime() {
    try {
      for (List<Connection> now = current(); !now.isEmpty(); now = current()) {
        TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
        for (Connection connection : now) {
          connection.run(out -> connection.tcp.tick(nanoTime.getAsLong(), out));
        }
      }
    } catch (InterruptedException e) {
      // Nobody does that to this thread.
      Thread.currentThread().interrupt();
    }
  }

  /** The connections there are; without any, this thread is told to end. */
  private synchronized List<Connection> current() {
    ticking = !connections.isEmpty();
    return List.copyOf(connections.values());
  }

  private synchronized void remove(Connection connection) {
    connections.remove(connection.client, connection);
  }

  /** Ends all connections; there are no more. */
  @Override
  public void close() {
    List<Connection> last;
    synchronized (this) {
      closed = true;
      last = List.copyOf(connections.values());
    }
    last.forEach(connection -> connection.perform(connection::abort));
  }

  /** A connection, and who has it. */
  private final class Connection implements Stream {
    private final Client client;
    private final long mac;
    private final ReentrantLock lock = new ReentrantLock();
    private final TcpConnection tcp;

    Connection(Client client, long mac, TcpSegment syn) {
      this.client = client;
      this.mac = mac;
      Session session = service.connected(client.address(), this);
      int segment = place.mtu() - Ipv4Packet.HEADER - TcpSegment.HEADER;
      tcp = new TcpConnection(syn, segment, random.nextInt(), session, nanoTime.getAsLong());
    }

    boolean givesWayTo(TcpSegment syn) {
      lock.lock();
      try {
        return tcp.givesWayTo(syn);
      } finally {
        lock.unlock();
      }
    }

    void receive(TcpSegment segment) {
      run(out -> tcp.receive(segment, nanoTime.getAsLong(), out));
    }

    /** Does something with the connection, and sends what comes of it when others may again. */
    void run(Consumer<List<TcpSegment>> action) {
      List<TcpSegment> out = new ArrayList<>();
      boolean over;
      lock.lock();
      try {
        action.accept(out);
        over = tcp.closed();
      } finally {
        lock.unlock();
      }
      int own = place.address().bits();
      for (TcpSegment segment : out) {
        sender.accept(Frame.of(segment.frame(mac, place.mac().bits(), client.address(), own)));
      }
      if (over) {
        remove(this);
      }
    }

    @Override
    public void perform(Runnable action) {
      if (lock.isHeldByCurrentThread()) {
        // Whoever calls the session sends what comes of it.
        action.run();
      } else {
        run(
            out -> {
              action.run();
              tcp.output(nanoTime.getAsLong(), out);
            });
      }
    }

    @Override
    public void send(byte[] bytes) {
      tcp.write(bytes, nanoTime.getAsLong());
    }

    @Override
    public int unsent() {
      return tcp.unsent();
    }

    @Override
    public void close() {
      tcp.close();
    }

    @Override
    public void abort() {
      tcp.abort();
    }
  }
}
