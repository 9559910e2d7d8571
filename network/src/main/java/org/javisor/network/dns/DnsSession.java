package org.javisor.network.dns;

import java.util.Arrays;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.tcp.Session;
import org.javisor.network.tcp.Stream;

/**
 * Queries that come one behind the other, each behind its length; answers go back as they are found
 * (RFC 7766, sections 6.2.1.1 and 8). How many are looked for at once is bounded, and none is while
 * the client does not take those it has.
 */
final class DnsSession implements Session {
  private static final int LENGTH = 2;
  private static final int CAPACITY = LENGTH + DnsTransport.LONGEST_MESSAGE;
  private static final int QUERIES_AT_ONCE = 4;

  private final DnsServer server;
  private final int client;
  private final Stream stream;
  private byte[] received = new byte[0];
  private int next;
  private int queries;
  private boolean serving;
  private boolean ended;

  DnsSession(DnsServer server, int client, Stream stream) {
    this.server = server;
    this.client = client;
    this.stream = stream;
  }

  @Override
  public int room() {
    return CAPACITY - left();
  }

  @Override
  public void received(byte[] bytes) {
    int before = left();
    byte[] all = Arrays.copyOfRange(received, next, next + before + bytes.length);
    System.arraycopy(bytes, 0, all, before, bytes.length);
    received = all;
    next = 0;
    serve();
  }

  @Override
  public void sent() {
    serve();
  }

  @Override
  public void ended() {
    ended = true;
    serve();
  }

  @Override
  public boolean busy() {
    return queries > 0;
  }

  private void serve() {
    // An answer that is found at once comes back here.
    if (serving) {
      return;
    }
    serving = true;
    while (hasMessage() && queries < QUERIES_AT_ONCE && stream.unsent() < CAPACITY) {
      int end = next + LENGTH + BigEndian.shortAt(received, next);
      byte[] message = Arrays.copyOfRange(received, next + LENGTH, end);
      next = end;
      queries++;
      if (!server.serve(
          client, message, DnsTransport.STREAM, answer -> stream.perform(() -> send(answer)))) {
        stream.abort();
        next = received.length;
      }
    }
    serving = false;
    if (ended && queries == 0 && !hasMessage()) {
      stream.close();
    }
  }

  private boolean hasMessage() {
    return left() >= LENGTH && left() - LENGTH >= BigEndian.shortAt(received, next);
  }

  /** Bytes that came and are not served yet. */
  private int left() {
    return received.length - next;
  }

  private void send(byte[] answer) {
    byte[] framed = new byte[LENGTH + answer.length];
    BigEndian.putShort(framed, 0, answer.length);
    System.arraycopy(answer, 0, framed, LENGTH, answer.length);
    stream.send(framed);
    queries--;
    serve();
  }
}
