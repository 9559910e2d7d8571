package org.javisor.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.javisor.virtio.balloon.BalloonConfiguration;
import org.javisor.virtio.balloon.BalloonDevice;
import org.javisor.virtio.block.BlockBackend;
import org.javisor.virtio.block.BlockConfiguration;
import org.javisor.virtio.block.BlockDevice;
import org.javisor.virtio.console.ConsoleConfiguration;
import org.javisor.virtio.console.ConsoleDevice;
import org.javisor.virtio.console.PortBackend;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.entropy.EntropyConfiguration;
import org.javisor.virtio.entropy.EntropyDevice;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.FrameReceiver;
import org.javisor.virtio.net.MacAddress;
import org.javisor.virtio.net.NetConfiguration;
import org.javisor.virtio.net.NetDevice;
import org.javisor.virtio.net.Offload;
import org.javisor.virtio.net.Offload.Checksum;
import org.javisor.virtio.net.Offload.Segmentation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HostileGuestTest {
  private static final int SEEDS = 10;
  private static final int STEPS = 1000;

  /** Runs from a seed, and counts the requests that had an effect. */
  private interface Trial {
    long run(long seed) throws Exception;
  }

  private static void all(int seeds, Trial trial) throws Exception {
    long effects = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      effects += trial.run(seed);
    }
    assertThat(effects).as("requests that passed all checks").isGreaterThan(seeds);
  }

  @Test
  void block() throws Exception {
    all(SEEDS, HostileGuestTest::block);
  }

  @Test
  void console() throws Exception {
    all(SEEDS, HostileGuestTest::console);
  }

  @Test
  void net() throws Exception {
    all(SEEDS, HostileGuestTest::net);
  }

  @Test
  void entropy() throws Exception {
    all(SEEDS, HostileGuestTest::entropy);
  }

  @Test
  void balloon() throws Exception {
    all(SEEDS, HostileGuestTest::balloon);
  }

  @Test
  @Tag("long")
  void allForLong() throws Exception {
    all(2000, HostileGuestTest::block);
    all(2000, HostileGuestTest::console);
    all(2000, HostileGuestTest::net);
    all(2000, HostileGuestTest::entropy);
    all(2000, HostileGuestTest::balloon);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long block(long seed) throws Exception {
    AtomicBoolean outside = new AtomicBoolean();
    AtomicLong calls = new AtomicLong();
    BlockBackend disk =
        new BlockBackend() {
          @Override
          public long sizeBytes() {
            return 64 * 512;
          }

          @Override
          public boolean readOnly() {
            return false;
          }

          private void check(long offset, long length) throws IOException {
            if (offset < 0 || length < 0 || offset + length > sizeBytes()) {
              outside.set(true);
            }
            if (calls.incrementAndGet() % 7 == 0) {
              throw new IOException("a bad sector");
            }
          }

          @Override
          public void read(long offset, MemorySegment destination) throws IOException {
            check(offset, destination.byteSize());
            destination.fill((byte) 1);
          }

          @Override
          public void write(long offset, MemorySegment source) throws IOException {
            check(offset, source.byteSize());
          }

          @Override
          public void flush() throws IOException {
            check(0, 0);
          }

          @Override
          public void discard(long offset, long length) throws IOException {
            check(offset, length);
          }

          @Override
          public void writeZeroes(long offset, long length, boolean unmap) throws IOException {
            check(offset, length);
          }
        };
    BlockDevice device = new BlockDevice(disk, BlockConfiguration.of("x").withQueues(2));
    Random random = new Random(seed);
    Supplier<byte[]> headers =
        () ->
            little(16)
                .putInt(random.nextInt(3) == 0 ? random.nextInt(15) : random.nextInt(2))
                .putInt(0)
                .putLong(random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(70))
                .array();
    int[] lengths = {512, 512, 1, 1, 1024, 513, 16, 32};
    new HostileGuest<>(seed, random, device, lengths, headers, () -> {}).run(STEPS);
    assertThat(outside).as("access outside the disk, seed " + seed).isFalse();
    return calls.get();
  }

  /** A host's end that is full, or empty, or ended, as chance has it. */
  private static final class FickleBackend implements PortBackend {
    final Random random;
    Runnable wake = () -> {};
    long taken;

    FickleBackend(long seed) {
      random = new Random(seed);
    }

    @Override
    public void attach(Runnable newWake) {
      wake = newWake;
    }

    @Override
    public synchronized int write(byte[] source, int start, int length) {
      int count = random.nextInt(length + 1);
      taken += count;
      return count;
    }

    @Override
    public synchronized int available() {
      return random.nextInt(20) - 1;
    }

    @Override
    public synchronized int read(byte[] destination, int start, int length) {
      return Math.min(length, random.nextInt(20));
    }

    @Override
    public void guestOpened() {}

    @Override
    public void guestClosed() {}
  }

  private static long console(long seed) throws Exception {
    FickleBackend first = new FickleBackend(seed);
    FickleBackend second = new FickleBackend(-seed);
    ConsoleDevice device =
        new ConsoleDevice(
            ConsoleConfiguration.of(
                List.of(
                    PortConfiguration.console("a", first),
                    PortConfiguration.channel("b", second))));
    Random host = new Random(seed);
    Random random = new Random(seed);
    Supplier<byte[]> headers =
        () ->
            little(8)
                .putInt(random.nextInt(4) - 1)
                .putShort((short) random.nextInt(9))
                .putShort((short) random.nextInt(2))
                .array();
    new HostileGuest<>(
            seed,
            random,
            device,
            new int[] {8, 64, 512, 4096},
            headers,
            () -> {
              if (host.nextBoolean()) {
                device.resize(host.nextInt(100), host.nextInt(100));
              }
              second.wake.run();
            })
        .run(STEPS);
    return first.taken + second.taken;
  }

  private static long net(long seed) throws Exception {
    AtomicLong sent = new AtomicLong();
    FrameReceiver[] receiver = new FrameReceiver[1];
    FramePort port =
        new FramePort() {
          @Override
          public void connect(FrameReceiver device) {
            receiver[0] = device;
          }

          @Override
          public void send(Frame frame) {
            sent.incrementAndGet();
          }
        };
    NetDevice device =
        new NetDevice(NetConfiguration.of(MacAddress.parse("52:54:00:00:00:01")), port);
    Random host = new Random(seed);
    Random random = new Random(seed);
    Supplier<byte[]> headers =
        () ->
            random.nextBoolean()
                ? new byte[12]
                : little(8)
                    .put((byte) random.nextInt(3))
                    .put((byte) random.nextInt(6))
                    .putInt(random.nextInt(3))
                    .array();
    new HostileGuest<>(
            seed,
            random,
            device,
            new int[] {12, 60, 1, 7, 1526, 65_562},
            headers,
            () -> {
              for (int i = host.nextInt(20); i > 0; i--) {
                Frame frame = new Frame(new byte[14 + host.nextInt(3000)], offload(host));
                receiver[0].receive(frame, port);
              }
              device.linkUp(host.nextBoolean());
            })
        .run(STEPS);
    return Math.min(sent.get(), device.metrics().framesReceived());
  }

  private static Offload offload(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Offload.VALID;
      case 1 -> new Offload(Checksum.PARTIAL, 14, 0, Segmentation.TCP4, random.nextInt(100));
      default -> Offload.NONE;
    };
  }

  private static long entropy(long seed) throws Exception {
    EntropyDevice device = new EntropyDevice(byte[]::new, EntropyConfiguration.standard());
    int[] lengths = {1, 64, 4096};
    new HostileGuest<>(seed, new Random(seed), device, lengths, () -> new byte[1], () -> {})
        .run(STEPS);
    return device.metrics().bytes();
  }

  private static long balloon(long seed) throws Exception {
    BalloonDevice device = new BalloonDevice(BalloonConfiguration.standard());
    Random random = new Random(seed);
    Random host = new Random(seed);
    // Pages far from the rings, and pages that are none.
    Supplier<byte[]> headers =
        () ->
            little(8)
                .putInt(random.nextInt(3) == 0 ? random.nextInt() : 0x8_0800 + random.nextInt(64))
                .putInt(random.nextInt())
                .array();
    new HostileGuest<>(
            seed,
            random,
            device,
            new int[] {8, 64, 4096, 8192},
            headers,
            () -> {
              device.setTarget(host.nextInt() & 0xffff_ffffL);
              device.requestStatistics();
            })
        .run(STEPS);
    return device.metrics().inflated() + device.metrics().reported() + device.metrics().deflated();
  }
}
