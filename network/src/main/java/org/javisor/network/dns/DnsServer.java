package org.javisor.network.dns;

import java.util.function.Consumer;
import org.javisor.network.tcp.Session;
import org.javisor.network.tcp.Stream;

/** A name server: what is not of its zone, it asks others. Safe from any thread; nothing waits. */
public final class DnsServer implements AutoCloseable {
  /** The port of name servers. */
  public static final int PORT = 53;

  private final DnsResponder responder;
  private final DnsForwarder others;

  /**
   * A server for a zone.
   *
   * @param others is closed with this
   */
  public DnsServer(DnsZone zone, DnsForwarder others) {
    responder = new DnsResponder(zone);
    this.others = others;
  }

  /**
   * Serves a message of a client.
   *
   * @param client its IPv4 address
   * @param answer is given the answer, at once or later, by any thread
   * @return false if there will be none, because it is no query
   */
  public boolean serve(
      int client, byte[] message, DnsTransport transport, Consumer<byte[]> answer) {
    switch (responder.decide(message)) {
      case DnsResponder.Decision.Answer own ->
          answer.accept(transport == DnsTransport.STREAM ? own.message() : own.cut());
      case DnsResponder.Decision.Forward forward -> {
        if (!others.ask(client, message, transport, forward, answer)) {
          answer.accept(forward.failure());
        }
      }
      case DnsResponder.Decision.Ignore ignore -> {
        // An answer to nothing we have asked.
        return false;
      }
    }
    return true;
  }

  /** Serves a connection of a client. */
  public Session connected(int client, Stream stream) {
    return new DnsSession(this, client, stream);
  }

  /** Asks others no more. */
  @Override
  public void close() {
    others.close();
  }
}
