package org.javisor.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.javisor.network.packet.BigEndian;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host's resolvers. Each query has a thread, a port and a random number of its own, so
 * that nobody else can answer it; how many there are at once is bounded, for all and for each
 * client.
 */
public final class DnsForwarder implements AutoCloseable {
  private static final int MAXIMUM_QUERIES = 256;
  private static final int MAXIMUM_QUERIES_OF_ONE = 32;
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int ROUNDS = 2;
  private static final int MAXIMUM_DATAGRAM = 65_535;

  private final Supplier<List<InetSocketAddress>> resolvers;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dns-", 0).factory());
  private final SecureRandom random = new SecureRandom();
  private final Map<Integer, Integer> outstanding = new HashMap<>();
  private int total;

  /** Asks these resolvers, the first first. */
  public DnsForwarder(Supplier<List<InetSocketAddress>> resolvers) {
    this.resolvers = resolvers;
  }

  /**
   * Asks for a client; returns at once.
   *
   * @param client who asks, for the bounds
   * @param transport that the client uses; a query by stream is asked by stream (RFC 5625, section
   *     4.4), if the resolver has that
   * @param answer is given the answer, or the failure if there is none in time
   * @return false if there are too many queries already: then nothing is asked
   */
  public boolean ask(
      int client,
      byte[] query,
      DnsTransport transport,
      DnsResponder.Decision.Forward forward,
      Consumer<byte[]> answer) {
    if (!enter(client)) {
      return false;
    }
    try {
      threads.execute(
          () -> {
            try {
              answer.accept(resolve(query, transport, forward));
            } finally {
              leave(client);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      leave(client);
      return false;
    }
  }

  private synchronized boolean enter(int client) {
    int own = outstanding.getOrDefault(client, 0);
    if (total == MAXIMUM_QUERIES || own == MAXIMUM_QUERIES_OF_ONE) {
      return false;
    }
    total++;
    outstanding.put(client, own + 1);
    return true;
  }

  private synchronized void leave(int client) {
    total--;
    outstanding.computeIfPresent(client, (key, own) -> own == 1 ? null : own - 1);
  }

  private byte[] resolve(
      byte[] query, DnsTransport transport, DnsResponder.Decision.Forward forward) {
    int maximum =
        transport == DnsTransport.STREAM ? DnsTransport.LONGEST_MESSAGE : forward.maximumAnswer();
    byte[] message = query.clone();
    int id = random.nextInt(1 << 16);
    BigEndian.putShort(message, 0, id);
    for (int round = 0; round < ROUNDS; round++) {
      for (InetSocketAddress resolver : resolvers.get()) {
        byte[] answer = ask(resolver, message, transport);
        if (answer != null) {
          System.arraycopy(query, 0, answer, 0, 2);
          return answer.length <= maximum ? answer : DnsQuery.truncated(answer, query);
        }
      }
    }
    return forward.failure();
  }

  private static byte @Nullable [] ask(
      InetSocketAddress resolver, byte[] message, DnsTransport transport) {
    if (transport == DnsTransport.STREAM) {
      try {
        return askByStream(resolver, message);
      } catch (IOException e) {
        // It may answer datagrams alone.
      }
    }
    try {
      byte[] answer = askByDatagram(resolver, message);
      return answer != null && (answer[2] & DnsQuery.TRUNCATED) != 0
          ? askByStream(resolver, message)
          : answer;
    } catch (IOException e) {
      return null; // The next one may answer.
    }
  }

  private static byte @Nullable [] askByDatagram(InetSocketAddress resolver, byte[] message)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(resolver);
      socket.send(new DatagramPacket(message, message.length));
      byte[] buffer = new byte[MAXIMUM_DATAGRAM];
      long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
      while (true) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        socket.setSoTimeout((int) left);
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (answers(buffer, packet.getLength(), message)) {
          return Arrays.copyOf(buffer, packet.getLength());
        }
      }
    }
  }

  private static byte @Nullable [] askByStream(InetSocketAddress resolver, byte[] message)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(resolver, PATIENCE_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[2 + message.length];
      BigEndian.putShort(framed, 0, message.length);
      System.arraycopy(message, 0, framed, 2, message.length);
      out.write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answers(answer, answer.length, message) ? answer : null;
    }
  }

  /** Whether a message is the answer to a query: its number and its question are the same. */
  private static boolean answers(byte[] answer, int length, byte[] query) {
    DnsQuery question = DnsQuery.parse(query);
    if (question == null
        || length < question.questionEnd()
        || (answer[2] & 0x80) == 0
        || BigEndian.shortAt(answer, 0) != question.id()) {
      return false;
    }
    byte[] asQuery = Arrays.copyOf(answer, question.questionEnd());
    asQuery[2] &= 0x7f;
    DnsQuery repeated = DnsQuery.parse(asQuery);
    return repeated != null
        && repeated.name().equals(question.name())
        && repeated.type() == question.type()
        && repeated.recordClass() == question.recordClass();
  }

  /** Asks no more; what is being asked ends within its time. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
