package org.javisor.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.network.packet.TcpSegment.ACK;
import static org.javisor.network.packet.TcpSegment.FIN;
import static org.javisor.network.packet.TcpSegment.PSH;
import static org.javisor.network.packet.TcpSegment.RST;
import static org.javisor.network.packet.TcpSegment.SYN;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.javisor.network.NetworkConfiguration.UplinkKind;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.network.packet.TcpSegment;
import org.javisor.virtio.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names asked of the gateway by TCP, segment by segment. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NamesByStreamTest {
  private static final NetworkConfiguration ALONE =
      NetworkConfiguration.of("lan", Ipv4Subnet.parse("10.42.0.0/24")).withUplink(UplinkKind.NONE);
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.42.0.1");
  private static final int DNS = 53;

  @TempDir Path folder;
  private VirtualNetwork network;
  private FakeMachine web;
  private long gateway;

  @BeforeEach
  void open() throws Exception {
    network = VirtualNetwork.open(ALONE, folder);
    MacAddress mac = MacAddress.parse("52:54:00:00:00:01");
    web = new FakeMachine(network.attach(PortRequest.of("web-1", mac)));
    gateway = web.resolve(GATEWAY);
  }

  @AfterEach
  void close() {
    network.close();
  }

  private void send(int from, int to, int sequence, int acknowledgment, int flags, byte[] bytes) {
    web.send(
        gateway,
        GATEWAY,
        new TcpSegment(from, to, sequence, acknowledgment, flags, 60_000, 1460, bytes));
  }

  private TcpSegment connect(int from) throws InterruptedException {
    send(from, DNS, 99, 0, SYN, new byte[0]);
    TcpSegment answer = web.nextSegment();
    assertThat(answer.flags()).isEqualTo(SYN | ACK);
    assertThat(answer.acknowledgment()).isEqualTo(100);
    assertThat(answer.maximumSize()).isEqualTo(1460);
    return answer;
  }

  /** A query for the address of a machine, behind its length. */
  private static byte[] query(int id, String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, (byte) (12 + 1 + name.length() + 5)});
    out.writeBytes(new byte[] {0, (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    out.write(name.length());
    out.writeBytes(name.getBytes(UTF_8));
    out.writeBytes(new byte[] {0, 0, 1, 0, 1});
    return out.toByteArray();
  }

  @Test
  void queriesInPiecesAndBehindEachOtherAreAnswered() throws Exception {
    int next = connect(4000).sequence() + 1;
    byte[] two = new byte[2 * query(1, "web-1").length];
    System.arraycopy(query(1, "web-1"), 0, two, 0, two.length / 2);
    System.arraycopy(query(2, "nobod"), 0, two, two.length / 2, two.length / 2);
    send(4000, DNS, 100, next, ACK, Arrays.copyOf(two, 1));
    assertThat(web.nextSegment().acknowledgment()).isEqualTo(101);
    send(4000, DNS, 101, next, ACK | PSH, Arrays.copyOfRange(two, 1, two.length));
    TcpSegment answers = web.nextSegment();
    byte[] payload = answers.payload();
    int first = 2 + BigEndian.shortAt(payload, 0);
    assertThat(Arrays.copyOfRange(payload, first - 4, first)).containsExactly(10, 42, 0, 2);
    assertThat(payload[first + 3]).as("the second query's number").isEqualTo((byte) 2);
    assertThat(payload[first + 5] & 0xf).as("no such name").isEqualTo(3);
    assertThat(payload.length).isEqualTo(first + 2 + BigEndian.shortAt(payload, first));
    next += payload.length;
    send(4000, DNS, 100 + two.length, next, ACK | FIN, new byte[0]);
    TcpSegment end = web.nextSegment();
    assertThat(end.has(FIN)).isTrue();
    send(4000, DNS, 101 + two.length, next + 1, ACK, new byte[0]);
    send(4000, DNS, 101 + two.length, next + 1, ACK, new byte[0]);
    assertThat(web.nextSegment().flags()).as("it is over").isEqualTo(RST);
  }

  @Test
  void whatIsNoQueryEndsTheConnection() throws Exception {
    int next = connect(4000).sequence() + 1;
    send(4000, DNS, 100, next, ACK, new byte[] {0, 1, 0});
    assertThat(web.nextSegment().flags()).isEqualTo(RST | ACK);
  }

  @Test
  void otherPortsAndStrayedSegmentsAreRefused() throws Exception {
    send(4000, 80, 99, 0, SYN, new byte[0]);
    assertThat(web.nextSegment().flags()).isEqualTo(RST | ACK);
    send(4000, DNS, 99, 7, ACK, new byte[10]);
    TcpSegment reset = web.nextSegment();
    assertThat(reset.flags()).isEqualTo(RST);
    assertThat(reset.sequence()).isEqualTo(7);
  }

  @Test
  void noMachineHasMoreThanItsShareOfConnections() throws Exception {
    for (int i = 0; i < 8; i++) {
      connect(4000 + i);
    }
    send(5000, DNS, 99, 0, SYN, new byte[0]);
    MacAddress mac = MacAddress.parse("52:54:00:00:00:02");
    web = new FakeMachine(network.attach(PortRequest.of("web-2", mac)));
    web.resolve(GATEWAY);
    connect(4000);
  }

  @Test
  void segmentsWithWrongChecksumsAreNotTaken() throws Exception {
    TcpSegment syn = new TcpSegment(4000, DNS, 99, 0, SYN, 60_000, 0, new byte[0]);
    byte[] frame =
        syn.frame(
            gateway,
            MacAddress.parse("52:54:00:00:00:01").bits(),
            GATEWAY.bits(),
            Ipv4Address.parse("10.42.0.2").bits());
    frame[frame.length - 1] ^= 1;
    web.send(frame);
    assertThat(connect(4001).destinationPort()).isEqualTo(4001);
  }
}
