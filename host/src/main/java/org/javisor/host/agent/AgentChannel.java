package org.javisor.host.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.javisor.virtio.console.StreamPort;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests and replies of the QEMU guest agent protocol on a port: JSON, a line each, one request
 * at a time. Before the first request, and after any that had no reply, both sides are brought into
 * step by {@code guest-sync-delimited}.
 */
final class AgentChannel {
  /** Longer lines are not kept. */
  static final int MAX_LINE = 1 << 20;

  private static final int MAX_DEPTH = 32;
  private static final int DELIMITER = 0xff;

  private final StreamPort port;
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_LINE)
                          .maxNumberLength(32)
                          .maxDocumentLength(MAX_LINE)
                          .build())
                  .build())
          .build();

  /** Held from a request to its reply. */
  private final ReentrantLock exchange = new ReentrantLock();

  /** Guards what the reader hands over. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition arrived = lock.newCondition();
  private boolean listening;
  private boolean ended;
  private @Nullable Line line;
  private boolean reading;

  /** Held with {@link #exchange}. */
  private boolean inStep;

  private int nextId = ThreadLocalRandom.current().nextInt(1 << 20);

  /** What the guest sent up to a line feed; delimited if a delimiter came before it. */
  private record Line(String text, boolean delimited, boolean tooLong) {}

  AgentChannel(StreamPort port) {
    this.port = port;
  }

  /** An empty object, for arguments. */
  ObjectNode object() {
    return json.createObjectNode();
  }

  /**
   * Asks and waits for the answer.
   *
   * @param arguments of the command, or null
   * @return the value of {@code return}
   */
  JsonNode request(String command, @Nullable ObjectNode arguments, Duration timeout)
      throws AgentException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!exchange.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw timedOut(command);
    }
    try {
      bringIntoStep(deadline);
      return ask(command, arguments, deadline);
    } finally {
      exchange.unlock();
    }
  }

  /** Sends a command that has no reply if it succeeds, such as a shutdown. */
  void tell(String command, ObjectNode arguments, Duration timeout)
      throws AgentException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!exchange.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw timedOut(command);
    }
    try {
      bringIntoStep(deadline);
      inStep = false;
      listen();
      send(command, arguments, nextId++, deadline);
      // A refusal comes at once, or not at all.
      Line reply = next(Math.min(deadline, System.nanoTime() + TimeUnit.SECONDS.toNanos(2)));
      if (reply != null && !reply.tooLong && parse(reply).has("error")) {
        throw refused(parse(reply).path("error"));
      }
    } catch (AgentException.Absent e) {
      // It has gone down already.
    } finally {
      deafen();
      exchange.unlock();
    }
  }

  private JsonNode ask(String command, @Nullable ObjectNode arguments, long deadline)
      throws AgentException, InterruptedException {
    int id = nextId++;
    inStep = false;
    listen();
    try {
      send(command, arguments, id, deadline);
      while (true) {
        Line reply = next(deadline);
        if (reply == null) {
          throw timedOut(command);
        }
        if (reply.tooLong) {
          throw new AgentException.Malformed(
              "the guest's agent sent a line of more than " + MAX_LINE + " bytes");
        }
        JsonNode tree = parse(reply);
        if (tree.has("error") && !isOther(tree, id)) {
          inStep = true;
          throw refused(tree.path("error"));
        }
        if (tree.has("return") && isFor(tree, id)) {
          inStep = true;
          return tree.path("return");
        }
      }
    } finally {
      deafen();
    }
  }

  private static boolean isFor(JsonNode reply, int id) {
    return reply.path("id").isIntegralNumber() && reply.path("id").asLong(-1) == id;
  }

  /** Whether it answers another request; an agent that could not read one knows no id. */
  private static boolean isOther(JsonNode reply, int id) {
    return reply.has("id") && !isFor(reply, id);
  }

  private void bringIntoStep(long deadline) throws AgentException, InterruptedException {
    startReading();
    if (!port.guestOpen()) {
      inStep = false;
      throw absent();
    }
    if (inStep && !hasEnded()) {
      return;
    }
    int id = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    port.dropInput();
    listen();
    try {
      // The delimiter ends whatever the agent was reading.
      put(new byte[] {(byte) DELIMITER}, deadline);
      send("guest-sync-delimited", object().put("id", id), null, deadline);
      while (true) {
        Line reply = next(deadline);
        if (reply == null) {
          throw timedOut("guest-sync-delimited");
        }
        if (reply.delimited && !reply.tooLong && answers(reply, id)) {
          inStep = true;
          return;
        }
      }
    } finally {
      deafen();
    }
  }

  private boolean answers(Line reply, int id) {
    try {
      JsonNode value = parse(reply).path("return");
      return value.isIntegralNumber() && value.asLong(-1) == id;
    } catch (AgentException e) {
      return false;
    }
  }

  private void send(
      String command, @Nullable ObjectNode arguments, @Nullable Integer id, long deadline)
      throws AgentException, InterruptedException {
    ObjectNode request = object().put("execute", command);
    if (arguments != null) {
      request.set("arguments", arguments);
    }
    if (id != null) {
      request.put("id", id);
    }
    put((json.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8), deadline);
  }

  private void put(byte[] bytes, long deadline) throws AgentException, InterruptedException {
    for (int done = 0; done < bytes.length; ) {
      int taken;
      try {
        taken =
            port.offer(
                bytes,
                done,
                bytes.length - done,
                Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      } catch (AgentException e) {
        throw e;
      } catch (IOException e) {
        throw absent();
      }
      if (taken == 0) {
        throw timedOut("a request");
      }
      done += taken;
    }
  }

  private JsonNode parse(Line reply) throws AgentException.Malformed {
    try {
      JsonNode tree = json.readTree(reply.text);
      if (tree.isObject()) {
        return tree;
      }
    } catch (JacksonException e) {
      // As bad as a number or a list.
    }
    throw new AgentException.Malformed("the guest's agent sent a line that is not a JSON object");
  }

  private static AgentException.Refused refused(JsonNode error) {
    return new AgentException.Refused(
        printable(error.path("class").asString("GenericError")),
        printable(error.path("desc").asString("no reason given")));
  }

  /** What a guest says, fit for a message to a person. */
  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 200 ? line.substring(0, 200) : line;
  }

  private static AgentException.Absent absent() {
    return new AgentException.Absent("no agent is running in the machine");
  }

  private static AgentException.TimedOut timedOut(String command) {
    return new AgentException.TimedOut("the guest's agent has not answered in time: " + command);
  }

  private void listen() {
    lock.lock();
    try {
      listening = true;
      ended = false;
      line = null;
    } finally {
      lock.unlock();
    }
  }

  private void deafen() {
    lock.lock();
    try {
      listening = false;
      line = null;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** The next line; null if none comes in time. */
  private @Nullable Line next(long deadline) throws AgentException.Absent, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (line == null) {
        if (ended) {
          throw absent();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        arrived.awaitNanos(left);
      }
      Line next = line;
      line = null;
      arrived.signalAll();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void startReading() {
    if (!reading) {
      reading = true;
      Thread.ofVirtual().name("guest agent").start(this::read);
    }
  }

  private void read() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    boolean delimited = false;
    boolean tooLong = false;
    // Not closed: closing means that the guest's output is to be discarded.
    InputStream output = port.output();
    try {
      while (true) {
        int count = output.read(part);
        if (count < 0) {
          end();
          if (port.closed()) {
            return;
          }
        }
        for (int i = 0; i < count; i++) {
          int b = part[i] & 0xff;
          if (b == DELIMITER) {
            text.reset();
            delimited = true;
            tooLong = false;
          } else if (b == '\n') {
            deliver(new Line(text.toString(StandardCharsets.UTF_8), delimited, tooLong));
            text = new ByteArrayOutputStream();
            delimited = false;
            tooLong = false;
          } else if (text.size() < MAX_LINE) {
            text.write(b);
          } else {
            tooLong = true;
          }
        }
        if (count < 0) {
          text = new ByteArrayOutputStream();
          delimited = false;
          tooLong = false;
        }
      }
    } catch (IOException e) {
      end();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      line = null;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Hands over a line, or drops it if nobody listens. Holds the guest back while one waits. */
  private void deliver(Line next) {
    lock.lock();
    try {
      while (line != null && listening) {
        arrived.awaitUninterruptibly();
      }
      if (listening && !next.text.isEmpty()) {
        line = next;
        arrived.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
