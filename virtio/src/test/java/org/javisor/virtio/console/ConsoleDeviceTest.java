package org.javisor.virtio.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.javisor.virtio.console.ConsoleGuest.Message;
import org.javisor.virtio.driver.DriverOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ConsoleDeviceTest {
  private static final int OPEN = 6;
  private static final DriverOptions PLAIN = new DriverOptions(false, false, false);

  private final StreamPort terminal = new StreamPort(StreamPort.Overflow.DISCARD_OLDEST);
  private final StreamPort channel = new StreamPort();

  static List<DriverOptions> options() {
    return DriverOptions.all();
  }

  private ConsoleGuest guest(DriverOptions options) {
    return new ConsoleGuest(
        new ConsoleDevice(
            ConsoleConfiguration.of(
                List.of(
                    PortConfiguration.console("tty", terminal),
                    PortConfiguration.channel("data", channel)))),
        options);
  }

  /** Takes both ports into use; the second one's name has arrived then. */
  private static void introduce(ConsoleGuest guest) {
    guest.start(3);
    guest.message();
    guest.message();
    guest.control(0, 3, 1);
    guest.control(1, 3, 1);
    while (guest.message().event() != 7) {
      // The terminal's messages.
    }
    while (guest.message().event() != 7) {
      // The channel's messages.
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<byte[]> readAll(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static CompletableFuture<Void> write(OutputStream stream, byte[] bytes, boolean close) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            stream.write(bytes);
            if (close) {
              stream.close();
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void introducesItsPorts() {
    try (ConsoleGuest guest = guest(PLAIN)) {
      guest.start(3);
      assertThat(guest.rig.transport().read(0x104, 4)).isEqualTo(2);
      assertThat(guest.message()).isEqualTo(new Message(0, 1, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(1, 1, 1, ""));
      guest.control(0, 3, 1);
      assertThat(guest.message()).isEqualTo(new Message(0, 4, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(0, 5, 0, "P\0\30\0"));
      assertThat(guest.message()).isEqualTo(new Message(0, OPEN, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(0, 7, 1, "tty"));
      guest.control(1, 3, 1);
      assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(1, 7, 1, "data"));
    }
  }

  @Test
  void tellsANewSize() {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.device.resize(200, 50);
      assertThat(guest.message()).isEqualTo(new Message(0, 5, 0, "\u00c8\0002\0"));
      assertThat(guest.rig.transport().read(0x100, 2)).isEqualTo(200);
      assertThat(guest.rig.transport().read(0x102, 2)).isEqualTo(50);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void outputArrivesWholeAndEndsWhenTheGuestCloses(DriverOptions options) throws Exception {
    try (ConsoleGuest guest = guest(options)) {
      introduce(guest);
      long seed = 11;
      Random random = new Random(seed);
      guest.control(1, OPEN, 1);
      CompletableFuture<byte[]> host = readAll(channel.output());
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      int inRing = 0;
      for (int round = 0; round < 300; round++) {
        byte[] bytes = new byte[random.nextInt(1, 4000)];
        random.nextBytes(bytes);
        guest.sendLater(5, bytes, random);
        sent.writeBytes(bytes);
        if (++inRing == 5) {
          for (; inRing > 0; inRing--) {
            guest.rig.driver().await(5);
          }
        }
      }
      // The close overtakes the data on its own queue, but not at the host.
      guest.sendLater(5, "the end".getBytes(UTF_8), random);
      guest.control(1, OPEN, 0);
      sent.writeBytes("the end".getBytes(UTF_8));
      assertThat(get(host)).as("seed " + seed).isEqualTo(sent.toByteArray());
      assertThat(channel.guestOpen()).isFalse();
    }
  }

  @Test
  void aFullHostHoldsTheGuestBackWithoutLoss() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.control(1, OPEN, 1);
      Random random = new Random(12);
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      // Six times 20,000 bytes into 65,536.
      for (int i = 0; i < 6; i++) {
        byte[] bytes = new byte[20_000];
        random.nextBytes(bytes);
        guest.sendLater(5, bytes, random);
        sent.writeBytes(bytes);
      }
      for (int i = 0; i < 3; i++) {
        guest.rig.driver().await(5);
      }
      // A control message behind it is served, while the data still waits.
      guest.control(0, OPEN, 1);
      assertThat(guest.rig.driver().queues().get(5).take()).isNull();
      guest.control(1, OPEN, 0);
      assertThat(channel.guestOpen()).as("not closed before its output is taken").isTrue();
      assertThat(get(readAll(channel.output()))).isEqualTo(sent.toByteArray());
      for (int i = 0; i < 3; i++) {
        guest.rig.driver().await(5);
      }
      assertThat(guest.device.metrics().outputBlocked()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void inputArrivesWholeAndThenTheEnd(DriverOptions options) throws Exception {
    try (ConsoleGuest guest = guest(options)) {
      introduce(guest);
      byte[] bytes = new byte[300_000];
      new Random(13).nextBytes(bytes);
      // More than the buffer holds: the writer waits for the guest.
      CompletableFuture<Void> host = write(channel.input(), bytes, true);
      guest.post(4, 8);
      guest.control(1, OPEN, 1);
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      while (got.size() < bytes.length) {
        got.writeBytes(guest.receive(4));
      }
      assertThat(got.toByteArray()).isEqualTo(bytes);
      assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 0, ""));
      assertThat(guest.receiveNow(4)).isNull();
      get(host);
    }
  }

  @Test
  void theEndComesAfterTheLastByteEvenWhenBuffersAreShort() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.control(1, OPEN, 1);
      get(write(channel.input(), new byte[100], true));
      guest.post(4, 1);
      // Buffers of 64 bytes are posted again as they are read, so there are two.
      List<Integer> sizes = new ArrayList<>();
      sizes.add(guest.receive(4).length);
      sizes.add(guest.receive(4).length);
      assertThat(sizes).containsExactly(64, 36);
      assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 0, ""));
    }
  }

  @Test
  void nothingIsSentToAPortThatNoProgramHasOpen() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.post(4, 4);
      get(write(channel.input(), "early".getBytes(UTF_8), false));
      guest.control(0, OPEN, 1);
      assertThat(guest.receiveNow(4)).isNull();
      guest.control(1, OPEN, 1);
      assertThat(guest.receive(4)).isEqualTo("early".getBytes(UTF_8));
    }
  }

  @Test
  void aTerminalForgetsTheOldestOutput() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.control(0, OPEN, 1);
      for (int i = 0; i < 10; i++) {
        byte[] bytes = new byte[10_000];
        java.util.Arrays.fill(bytes, (byte) i);
        guest.send(1, bytes);
      }
      terminal.close();
      byte[] kept = get(readAll(terminal.output()));
      assertThat(kept).hasSize(65_536);
      assertThat(kept[kept.length - 1]).isEqualTo((byte) 9);
      assertThat(kept[0]).isEqualTo((byte) 3);
    }
  }

  @Test
  void aDriverWithoutMultiportHasTheFirstPort() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      guest.start(1);
      guest.post(0, 2);
      guest.send(1, "hello".getBytes(UTF_8));
      assertThat(terminal.output().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
      get(write(terminal.input(), "hi".getBytes(UTF_8), false));
      assertThat(guest.receive(0)).isEqualTo("hi".getBytes(UTF_8));
      guest.device.resize(100, 40);
      while ((guest.rig.driver().awaitInterrupt() & 2) == 0) {
        // An interrupt for the buffers used before.
      }
      assertThat(guest.rig.transport().read(0x100, 4)).isEqualTo(100 | 40 << 16);
    }
  }

  @Test
  void aPortThatIsOpenedAgainGoesOn() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      InputStream output = channel.output();
      for (String text : List.of("one", "two")) {
        guest.control(1, OPEN, 1);
        guest.send(5, text.getBytes(UTF_8));
        guest.control(1, OPEN, 0);
        assertThat(get(readAll(output))).isEqualTo(text.getBytes(UTF_8));
      }
    }
  }

  @Test
  void resetClosesThePorts() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.control(1, OPEN, 1);
      guest.send(5, "x".getBytes(UTF_8));
      assertThat(channel.guestOpen()).isTrue();
      guest.rig.driver().write(0x70, 0);
      assertThat(channel.guestOpen()).isFalse();
      assertThat(get(readAll(channel.output()))).isEqualTo("x".getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void bothDirectionsSurviveAMoveInTheMiddle(DriverOptions options) throws Exception {
    try (ConsoleGuest guest = guest(options)) {
      introduce(guest);
      guest.control(1, OPEN, 1);
      Random random = new Random(14);
      byte[] sent = new byte[150_000];
      random.nextBytes(sent);
      // One chain that the host takes half of; the rest follows after the move.
      guest.sendLater(5, sent, random);
      byte[] head = channel.output().readNBytes(40_000);
      StreamPort moved = new StreamPort();
      // What lies in the host's end stays with the host.
      guest.rig.transport().pause();
      byte[] middle = new byte[channel.output().available()];
      assertThat(channel.output().readNBytes(middle, 0, middle.length)).isEqualTo(middle.length);
      guest.rig.migrate(
          new ConsoleDevice(
              ConsoleConfiguration.of(
                  List.of(
                      PortConfiguration.console("tty", new StreamPort()),
                      PortConfiguration.channel("data", moved)))));
      CompletableFuture<byte[]> rest = readAll(moved.output());
      guest.rig.driver().await(5);
      guest.control(1, OPEN, 0);
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      got.writeBytes(head);
      got.writeBytes(middle);
      got.writeBytes(get(rest));
      assertThat(got.toByteArray()).isEqualTo(sent);

      guest.control(1, OPEN, 1);
      guest.post(4, 4);
      get(write(moved.input(), "after".getBytes(UTF_8), true));
      assertThat(guest.receive(4)).isEqualTo("after".getBytes(UTF_8));
      assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 0, ""));
    }
  }

  @Test
  void theLastWordsBeforeAPowerOffArrive() throws Exception {
    for (int round = 0; round < 50; round++) {
      StreamPort last = new StreamPort();
      ConsoleDevice device =
          new ConsoleDevice(
              ConsoleConfiguration.of(List.of(PortConfiguration.channel("last", last))));
      try (ConsoleGuest guest = new ConsoleGuest(device, PLAIN)) {
        guest.start(1);
        guest.sendLater(1, "good-bye".getBytes(UTF_8), new Random(round));
        // The machine stops at once, before the device's worker may have looked.
        guest.rig.transport().pause();
        last.close();
        assertThat(last.output().readAllBytes()).isEqualTo("good-bye".getBytes(UTF_8));
      }
    }
  }

  @Test
  void aPortIsPluggedIntoARunningGuest() throws Exception {
    StreamPort later = StreamPort.unplugged(StreamPort.Overflow.BLOCK);
    ConsoleDevice device =
        new ConsoleDevice(
            ConsoleConfiguration.of(
                List.of(
                    PortConfiguration.channel("first", channel),
                    PortConfiguration.channel("later", later))));
    try (ConsoleGuest guest = new ConsoleGuest(device, PLAIN)) {
      guest.start(2);
      assertThat(guest.message()).isEqualTo(new Message(0, 1, 1, ""));
      // A guest that invents it does not have it.
      guest.control(1, 3, 1);
      guest.control(0, 3, 1);
      assertThat(guest.message()).isEqualTo(new Message(0, OPEN, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(0, 7, 1, "first"));
      assertThat(later.guestReady()).isFalse();
      // A device that takes over knows what the driver waits for.
      StreamPort moved = StreamPort.unplugged(StreamPort.Overflow.BLOCK);
      guest.rig.migrate(
          new ConsoleDevice(
              ConsoleConfiguration.of(
                  List.of(
                      PortConfiguration.channel("first", new StreamPort()),
                      PortConfiguration.channel("later", moved)))));
      moved.plug();
      assertThat(guest.message()).isEqualTo(new Message(1, 1, 1, ""));
      guest.control(1, 3, 1);
      assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 1, ""));
      assertThat(guest.message()).isEqualTo(new Message(1, 7, 1, "later"));
      assertThat(moved.guestReady()).isTrue();
    }
  }

  @Test
  void aPortServesOneProgramAfterTheOther() throws Exception {
    try (ConsoleGuest guest = guest(PLAIN)) {
      introduce(guest);
      guest.post(4, 4);
      for (int round = 0; round < 3; round++) {
        channel.restart();
        if (round > 0) {
          assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 1, ""));
        }
        guest.control(1, OPEN, 1);
        channel.input().write('a' + round);
        assertThat(guest.receive(4)).containsExactly('a' + round);
        channel.input().close();
        assertThat(guest.message()).isEqualTo(new Message(1, OPEN, 0, ""));
        guest.control(1, OPEN, 0);
      }
    }
  }
}
