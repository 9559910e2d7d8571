package org.javisor.network.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.javisor.network.dns.DnsResponder.Decision;
import org.javisor.network.packet.BigEndian;
import org.javisor.network.packet.Ipv4Address;
import org.junit.jupiter.api.Test;

class DnsResponderTest {
  private static final Ipv4Address WEB = Ipv4Address.parse("10.0.0.2");

  private final DnsResponder responder = new DnsResponder(zone("lan.internal"));

  private static DnsZone zone(String domain) {
    return new DnsZone() {
      @Override
      public String domain() {
        return domain;
      }

      @Override
      public Optional<Ipv4Address> find(String machine) {
        return machine.equals("web-1") ? Optional.of(WEB) : Optional.empty();
      }

      @Override
      public boolean owns(Ipv4Address address) {
        return address.bits() >>> 8 == WEB.bits() >>> 8;
      }

      @Override
      public Optional<String> name(Ipv4Address address) {
        return address.equals(WEB) ? Optional.of("web-1") : Optional.empty();
      }
    };
  }

  @Test
  void anAnswerThatIsTooLongForADatagramIsCut() {
    String label = "a".repeat(62);
    String domain = label + "." + label + "." + label;
    DnsResponder longNames = new DnsResponder(zone(domain));
    Decision.Answer answer = (Decision.Answer) longNames.decide(query("nobody." + domain, 1));
    assertThat(answer.message()).hasSizeGreaterThan(512);
    assertThat(answer.cut()).hasSize(query("nobody." + domain, 1).length);
    assertThat(answer.cut()[2] & 2).as("there is more").isEqualTo(2);
    assertThat(code(answer.cut())).isEqualTo(3);
    assertThat(BigEndian.shortAt(answer.cut(), 8)).isZero();
    Decision.Answer brief = (Decision.Answer) responder.decide(query("web-1", 1));
    assertThat(brief.cut()).isEqualTo(brief.message());
  }

  static byte[] query(String name, int type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.")) {
      out.write(label.length());
      out.writeBytes(label.getBytes(ISO_8859_1));
    }
    out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
    return out.toByteArray();
  }

  private byte[] answer(String name, int type) {
    Decision decision = responder.decide(query(name, type));
    assertThat(decision).isInstanceOf(Decision.Answer.class);
    byte[] message = ((Decision.Answer) decision).message();
    assertThat(Arrays.copyOf(message, 2)).containsExactly(0x12, 0x34);
    assertThat(message[2] & 0x81).as("an answer, recursion wanted").isEqualTo(0x81);
    return message;
  }

  private static int code(byte[] message) {
    return message[3] & 0xf;
  }

  private static int answers(byte[] message) {
    return BigEndian.shortAt(message, 6);
  }

  @Test
  void machinesAreFoundInBothForms() {
    for (String name : new String[] {"web-1", "web-1.lan.internal", "WEB-1.Lan.INTERNAL"}) {
      byte[] message = answer(name, 1);
      assertThat(code(message)).isZero();
      assertThat(answers(message)).isEqualTo(1);
      assertThat(Arrays.copyOfRange(message, message.length - 4, message.length))
          .containsExactly(10, 0, 0, 2);
    }
  }

  @Test
  void otherRecordsOfANameAreNoneWithoutAnError() {
    byte[] message = answer("web-1", 28);
    assertThat(code(message)).isZero();
    assertThat(answers(message)).isZero();
    assertThat(BigEndian.shortAt(message, 8)).as("how long it holds").isEqualTo(1);
  }

  @Test
  void whoIsNotThereIsNotAskedOfOthers() {
    for (String name : new String[] {"nobody", "nobody.lan.internal", "3.0.0.10.in-addr.arpa"}) {
      assertThat(code(answer(name, 1))).as(name).isEqualTo(3);
    }
  }

  @Test
  void addressesHaveNames() {
    byte[] message = answer("2.0.0.10.in-addr.arpa", 12);
    String text = new String(message, ISO_8859_1);
    assertThat(text).endsWith("\005web-1\003lan\010internal\000");
  }

  @Test
  void othersAreForwarded() {
    for (String name :
        new String[] {"deb.debian.org", "1.2.0.192.in-addr.arpa", "x.in-addr.arpa"}) {
      assertThat(responder.decide(query(name, 1))).isInstanceOf(Decision.Forward.class);
    }
    Decision decision = responder.decide(query("deb.debian.org", 1));
    assertThat(code(((Decision.Forward) decision).failure())).isEqualTo(2);
    assertThat(((Decision.Forward) decision).maximumAnswer()).isEqualTo(512);
  }

  @Test
  void aDotInALabelIsNoDomain() {
    byte[] query = query("web-1.lanxinternal", 1);
    query[12 + 1 + 5 + 1 + 3] = '.';
    byte[] message = ((Decision.Answer) responder.decide(query("webx1", 1))).message();
    assertThat(code(message)).isEqualTo(3);
    assertThat(responder.decide(query)).isInstanceOf(Decision.Forward.class);
  }

  @Test
  void pointersThatLoopAreRefused() {
    byte[] self = Arrays.copyOf(query("a", 1), 18);
    self[12] = (byte) 0xc0;
    self[13] = 12;
    assertThat(code(((Decision.Answer) responder.decide(self)).message())).isEqualTo(1);
    byte[] forward = self.clone();
    forward[13] = 14;
    assertThat(code(((Decision.Answer) responder.decide(forward)).message())).isEqualTo(1);
    // A label, a pointer back to it, and so on: each time round costs bytes of a name.
    byte[] round = new byte[64];
    System.arraycopy(self, 0, round, 0, 12);
    round[12] = 1;
    round[13] = 'a';
    round[14] = (byte) 0xc0;
    round[15] = 12;
    assertThat(code(((Decision.Answer) responder.decide(round)).message())).isEqualTo(1);
  }

  @Test
  void longNamesAreRefused() {
    String label = "a".repeat(63);
    String name = label + "." + label + "." + label + "." + label + ".internal";
    assertThat(code(((Decision.Answer) responder.decide(query(name, 1))).message())).isEqualTo(1);
  }

  @Test
  void answersAndOtherOperationsAreNotAnswered() {
    byte[] response = query("web-1", 1);
    response[2] |= (byte) 0x80;
    assertThat(responder.decide(response)).isInstanceOf(Decision.Ignore.class);
    byte[] update = query("web-1", 1);
    update[2] |= 0x28;
    assertThat(code(((Decision.Answer) responder.decide(update)).message())).isEqualTo(4);
    byte[] chaos = query("web-1", 1);
    chaos[chaos.length - 1] = 3;
    assertThat(code(((Decision.Answer) responder.decide(chaos)).message())).isEqualTo(5);
  }

  @Test
  void noMessageThrows() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = query("web-1.lan.internal", 1);
    for (int length = 0; length < good.length; length++) {
      responder.decide(Arrays.copyOf(good, length));
    }
    for (int i = 0; i < 100_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(12, 60));
      for (int change = random.nextInt(1, 8); change > 0; change--) {
        bad[random.nextInt(bad.length)] =
            (byte) (random.nextInt(3) == 0 ? 0xc0 : random.nextInt(256));
      }
      assertThat(responder.decide(bad)).as("seed %d", seed).isNotNull();
    }
  }
}
