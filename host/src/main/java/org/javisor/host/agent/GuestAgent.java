package org.javisor.host.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.host.TerminalSize;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.console.StreamPort;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The host's side of the agent in one machine. Built before the machine, which gets its {@link
 * #ports}; used from any thread while the machine runs. Nothing of it is in a machine's saved
 * state: a machine that is restored gets a new one, which brings the agent in the guest into step
 * with itself, and lets commands that another host had started there run into closed streams.
 */
public final class GuestAgent implements AutoCloseable {
  /** How a machine is to go down. */
  public enum Shutdown {
    POWER_OFF("powerdown"),
    REBOOT("reboot"),
    HALT("halt");

    private final String mode;

    Shutdown(String mode) {
      this.mode = mode;
    }
  }

  /** The name by which agents look for their port. */
  public static final String PORT = "org.qemu.guest_agent.0";

  /** How long a reply may take; a machine may have a hundredth of a processor. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a command waits for ports while others use them. */
  private static final Duration PORT_PATIENCE = Duration.ofMinutes(5);

  private static final int MAX_INTERFACES = 64;

  private final GuestFiles files = new GuestFiles(this);
  private final StreamPort port = new StreamPort();
  private final SessionPorts sessions = new SessionPorts();
  private final AgentChannel channel = new AgentChannel(port);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private final Duration patience;

  /** An agent for a machine that is to be built. */
  public GuestAgent() {
    this(PATIENCE);
  }

  /** One that waits so long for a reply. */
  GuestAgent(Duration patience) {
    this.patience = patience;
    port.onGuestChange(this::guestChanged);
  }

  private void guestChanged() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What the machine is built with; they must be the first of its ports. */
  public List<PortConfiguration> ports() {
    List<PortConfiguration> ports = new ArrayList<>();
    ports.add(PortConfiguration.channel(PORT, port));
    ports.addAll(sessions.configurations());
    return ports;
  }

  /** Whether an agent in the guest listens. */
  public boolean isConnected() {
    return port.guestOpen();
  }

  /**
   * Waits until an agent in the guest answers.
   *
   * @return whether it did in time
   */
  public boolean await(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (awaitOpen(deadline)) {
      try {
        long left = deadline - System.nanoTime();
        channel.request("guest-ping", null, Duration.ofNanos(Math.max(1, left)));
        return true;
      } catch (AgentException e) {
        // It has gone again, or is slow: until the time is over.
        if (port.closed() || System.nanoTime() - deadline >= 0) {
          return false;
        }
      }
    }
    return false;
  }

  private boolean awaitOpen(long deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!port.guestOpen()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || port.closed()) {
          return false;
        }
        changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts a command; waits while all ports for commands are in use.
   *
   * @throws AgentException if there is no agent, or it cannot start a shell; a command that is not
   *     found in the guest is no such error, but ends with 127, and a working directory that is not
   *     there with 126
   */
  public ExecSession exec(ExecRequest request) throws AgentException, InterruptedException {
    if (!isConnected()) {
      throw new AgentException.Absent("no agent is running in the machine");
    }
    SessionPorts.PortSet ports =
        request.terminal().isPresent()
            ? sessions.takeTerminal(PORT_PATIENCE)
            : sessions.takeStreams(PORT_PATIENCE);
    boolean started = false;
    try {
      long process = start(request, ports);
      ExecSession session = new ExecSession(this, sessions, ports, process);
      started = true;
      return session;
    } finally {
      if (!started) {
        sessions.giveBack(ports);
      }
    }
  }

  private long start(ExecRequest request, SessionPorts.PortSet ports)
      throws AgentException, InterruptedException {
    return switch (ports) {
      case SessionPorts.Streams streams -> {
        connect(streams);
        yield run("setsid", List.of("sh", "-c", SessionScript.onStreams(request, streams)), false);
      }
      case SessionPorts.Terminal terminal ->
          run(
              "sh",
              List.of(
                  "-c",
                  SessionScript.onTerminal(request, terminal, request.terminal().orElseThrow())),
              false);
    };
  }

  private static void connect(SessionPorts.Streams streams) throws AgentException {
    try {
      streams.input().input().write('\n');
    } catch (IOException e) {
      throw new AgentException.Absent("the machine is gone");
    }
  }

  /** Starts a process without streams, and says which. */
  private long run(String path, List<String> arguments, boolean capture)
      throws AgentException, InterruptedException {
    ObjectNode object = channel.object().put("path", path);
    ArrayNode words = object.putArray("arg");
    arguments.forEach(words::add);
    object.put("capture-output", capture);
    JsonNode process = channel.request("guest-exec", object, patience).path("pid");
    if (!process.isIntegralNumber()
        || !process.canConvertToLong()
        || process.longValue() < 2
        || process.longValue() > Integer.MAX_VALUE) {
      throw new AgentException.Malformed("the guest's agent started a process without an id");
    }
    return process.longValue();
  }

  /** How a process ended; null if it has not. */
  @Nullable ExitStatus statusOf(long process) throws AgentException, InterruptedException {
    JsonNode status =
        channel.request("guest-exec-status", channel.object().put("pid", process), patience);
    if (!status.path("exited").asBoolean(false)) {
      return null;
    }
    return status.has("signal")
        ? new ExitStatus.Signalled(status.path("signal").asInt(0) & 0x7f)
        : new ExitStatus.Exited(status.path("exitcode").asInt(255) & 0xff);
  }

  /** Runs a short script of the shell to its end, and says how it ended. */
  private ExitStatus runToEnd(String script) throws AgentException, InterruptedException {
    long process = run("sh", List.of("-c", script), false);
    long deadline = System.nanoTime() + patience.toNanos();
    for (long pause = 2; System.nanoTime() < deadline; pause = Math.min(200, pause * 2)) {
      ExitStatus status = statusOf(process);
      if (status != null) {
        return status;
      }
      Thread.sleep(pause);
    }
    throw new AgentException.TimedOut("a command of the host in the machine does not end");
  }

  void resize(int terminal, TerminalSize size) throws AgentException, InterruptedException {
    runToEnd("stty -F /dev/hvc%d rows %d cols %d".formatted(terminal, size.rows(), size.columns()));
  }

  void signal(long processGroup, int number) throws AgentException, InterruptedException {
    runToEnd("kill -%d -%d".formatted(number, processGroup));
  }

  /**
   * Asks the guest to go down; it does so in its own time.
   *
   * @throws AgentException if there is no agent, or it refuses
   */
  public void shutdown(Shutdown how) throws AgentException, InterruptedException {
    channel.tell("guest-shutdown", channel.object().put("mode", how.mode), patience);
  }

  /** Sets the guest's clock. */
  public void setTime(Instant time) throws AgentException, InterruptedException {
    long nanos =
        Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    channel.request("guest-set-time", channel.object().put("time", nanos), patience);
  }

  /** The guest's clock. */
  public Instant time() throws AgentException, InterruptedException {
    JsonNode nanos = channel.request("guest-get-time", null, patience);
    if (!nanos.isIntegralNumber() || !nanos.canConvertToLong()) {
      throw new AgentException.Malformed("the guest's time is no number");
    }
    return Instant.EPOCH.plusNanos(nanos.longValue());
  }

  /** The guest's network interfaces, at most 64 with 64 addresses each. */
  public List<GuestInterface> interfaces() throws AgentException, InterruptedException {
    List<GuestInterface> interfaces = new ArrayList<>();
    for (JsonNode one : channel.request("guest-network-get-interfaces", null, patience)) {
      if (interfaces.size() < MAX_INTERFACES) {
        interfaces.add(interfaceOf(one));
      }
    }
    return interfaces;
  }

  private static GuestInterface interfaceOf(JsonNode one) {
    List<GuestInterface.Address> addresses = new ArrayList<>();
    for (JsonNode address : one.path("ip-addresses")) {
      if (addresses.size() < MAX_INTERFACES) {
        addresses.add(
            new GuestInterface.Address(
                address.path("ip-address-type").asString("").equals("ipv6"),
                address.path("ip-address").asString(""),
                address.path("prefix").asInt(0)));
      }
    }
    JsonNode statistics = one.path("statistics");
    return new GuestInterface(
        one.path("name").asString(""),
        one.path("hardware-address").asString(""),
        addresses,
        statistics.path("rx-bytes").asLong(0),
        statistics.path("tx-bytes").asLong(0),
        statistics.path("rx-packets").asLong(0),
        statistics.path("tx-packets").asLong(0));
  }

  /** What the guest calls its operating system: {@code pretty-name} of its os-release. */
  public String operatingSystem() throws AgentException, InterruptedException {
    return channel.request("guest-get-osinfo", null, patience).path("pretty-name").asString("");
  }

  /** The guest's files. */
  public GuestFiles files() {
    return files;
  }

  /** The guest's own name. */
  public String hostName() throws AgentException, InterruptedException {
    return channel.request("guest-get-host-name", null, patience).path("host-name").asString("");
  }

  /** Holds all writes to the guest's file systems; the number of file systems held. */
  public int freeze() throws AgentException, InterruptedException {
    return channel.request("guest-fsfreeze-freeze", null, patience).asInt(0);
  }

  /** Lets writes go on; the number of file systems that were held. */
  public int thaw() throws AgentException, InterruptedException {
    return channel.request("guest-fsfreeze-thaw", null, patience).asInt(0);
  }

  /** The machine is gone: everything that waits for it ends. */
  @Override
  public void close() {
    port.close();
    sessions.close();
    guestChanged();
  }
}
