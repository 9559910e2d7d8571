package org.javisor.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.network.dns.DnsResponder.Decision;
import org.junit.jupiter.api.Test;

class DnsForwarderTest {
  private static final byte[] QUERY = DnsResponderTest.query("deb.debian.org", 1);
  private static final byte[] FAILURE = {0x12, 0x34, (byte) 0x81, (byte) 0x82};
  private static final Decision.Forward FORWARD = new Decision.Forward(512, FAILURE);
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();

  private static byte[] response(byte[] query, int length, int flags) {
    byte[] response = Arrays.copyOf(query, Math.max(length, query.length));
    response[2] = (byte) flags;
    return response;
  }

  private byte[] next() throws InterruptedException {
    byte[] answer = answers.poll(60, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer;
  }

  private static InetSocketAddress address(DatagramSocket socket) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  @Test
  void theRightAnswerIsTakenAndForgedOnesAreNot() throws Exception {
    try (DatagramSocket resolver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DnsForwarder forwarder = new DnsForwarder(() -> List.of(address(resolver)))) {
      assertThat(forwarder.ask(1, QUERY, DnsTransport.DATAGRAM, FORWARD, answers::add)).isTrue();
      DatagramPacket packet = new DatagramPacket(new byte[600], 600);
      resolver.receive(packet);
      byte[] asked = Arrays.copyOf(packet.getData(), packet.getLength());
      assertThat(Arrays.copyOfRange(asked, 2, asked.length))
          .isEqualTo(Arrays.copyOfRange(QUERY, 2, QUERY.length));
      byte[] otherId = response(asked, 80, 0x81);
      otherId[0] ^= 1;
      byte[] otherName = response(asked, 80, 0x81);
      otherName[13] = 'x';
      byte[] notAnAnswer = response(asked, 80, 0x01);
      for (byte[] each : List.of(otherId, otherName, notAnAnswer, new byte[3])) {
        resolver.send(new DatagramPacket(each, each.length, packet.getSocketAddress()));
      }
      byte[] right = response(asked, 90, 0x81);
      resolver.send(new DatagramPacket(right, right.length, packet.getSocketAddress()));
      byte[] answer = next();
      assertThat(answer).hasSize(90);
      assertThat(Arrays.copyOf(answer, 2)).isEqualTo(Arrays.copyOf(QUERY, 2));
    }
  }

  @Test
  void whatIsCutShortIsAskedAgainByStreamAndCutForTheClient() throws Exception {
    try (ServerSocket stream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        DatagramSocket resolver =
            new DatagramSocket(stream.getLocalPort(), InetAddress.getLoopbackAddress());
        DnsForwarder forwarder = new DnsForwarder(() -> List.of(address(resolver)))) {
      forwarder.ask(1, QUERY, DnsTransport.DATAGRAM, FORWARD, answers::add);
      DatagramPacket packet = new DatagramPacket(new byte[600], 600);
      resolver.receive(packet);
      byte[] asked = Arrays.copyOf(packet.getData(), packet.getLength());
      byte[] cut = response(asked, 0, 0x83);
      resolver.send(new DatagramPacket(cut, cut.length, packet.getSocketAddress()));
      try (Socket client = stream.accept()) {
        assertThat(client.getInputStream().readNBytes(2 + asked.length)).hasSize(2 + asked.length);
        byte[] whole = response(asked, 2000, 0x81);
        client.getOutputStream().write(new byte[] {(byte) (2000 >> 8), (byte) 2000});
        client.getOutputStream().write(whole);
        byte[] answer = next();
        assertThat(answer).hasSize(QUERY.length);
        assertThat(answer[2] & 2).as("there is more").isEqualTo(2);
      }
    }
  }

  @Test
  void whatIsAskedByStreamIsAskedByStreamAndAnsweredWhole() throws Exception {
    try (ServerSocket stream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        DnsForwarder forwarder =
            new DnsForwarder(() -> List.of((InetSocketAddress) stream.getLocalSocketAddress()))) {
      forwarder.ask(1, QUERY, DnsTransport.STREAM, FORWARD, answers::add);
      try (Socket client = stream.accept()) {
        byte[] framed = client.getInputStream().readNBytes(2 + QUERY.length);
        byte[] whole = response(Arrays.copyOfRange(framed, 2, framed.length), 60_000, 0x81);
        client.getOutputStream().write(new byte[] {(byte) (60_000 >> 8), (byte) 60_000});
        client.getOutputStream().write(whole);
        assertThat(next()).hasSize(60_000).startsWith(QUERY[0], QUERY[1]);
      }
    }
  }

  @Test
  void aResolverWithoutStreamsIsAskedByDatagram() throws Exception {
    try (DatagramSocket resolver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DnsForwarder forwarder = new DnsForwarder(() -> List.of(address(resolver)))) {
      forwarder.ask(1, QUERY, DnsTransport.STREAM, FORWARD, answers::add);
      DatagramPacket packet = new DatagramPacket(new byte[600], 600);
      resolver.receive(packet);
      byte[] right = response(Arrays.copyOf(packet.getData(), packet.getLength()), 700, 0x81);
      resolver.send(new DatagramPacket(right, right.length, packet.getSocketAddress()));
      assertThat(next()).hasSize(700);
    }
  }

  @Test
  void noClientHasMoreThanItsShareOfQueries() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DnsForwarder forwarder = new DnsForwarder(() -> List.of(address(silent)))) {
      int taken = 0;
      for (int i = 0; i < 500; i++) {
        taken += forwarder.ask(1, QUERY, DnsTransport.DATAGRAM, FORWARD, answers::add) ? 1 : 0;
      }
      assertThat(taken).isEqualTo(32);
      assertThat(forwarder.ask(2, QUERY, DnsTransport.DATAGRAM, FORWARD, answers::add)).isTrue();
      assertThat(next()).as("in the end").isEqualTo(FAILURE);
    }
  }

  @Test
  void withoutResolversThereIsAFailureAtOnce() throws Exception {
    try (DnsForwarder forwarder = new DnsForwarder(List::of)) {
      forwarder.ask(1, QUERY, DnsTransport.DATAGRAM, FORWARD, answers::add);
      assertThat(next()).isEqualTo(FAILURE);
    }
  }
}
