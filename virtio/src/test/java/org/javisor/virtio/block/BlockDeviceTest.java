package org.javisor.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedStateException;
import org.javisor.virtio.driver.Arena;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.GuestDriver;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.driver.TestLine;
import org.javisor.virtio.driver.Used;
import org.javisor.virtio.mmio.TransportConfiguration;
import org.javisor.virtio.mmio.VirtioMmioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockDeviceTest {
  private static final int SECTORS = 2048;
  private static final long ALL_FEATURES = 0x7fff;

  private final MemoryDisk disk = new MemoryDisk(512 * SECTORS);
  private final TestLine line = new TestLine();
  private GuestMemory memory;
  private Arena arena;
  private VirtioMmioTransport<BlockState> transport;

  static List<DriverOptions> options() {
    return DriverOptions.all();
  }

  @BeforeEach
  void build() {
    memory = GuestMemory.allocate(0x8000_0000L, 16 << 20);
    arena = new Arena(memory);
    new Random(1).nextBytes(disk.content);
    transport = transport(BlockConfiguration.of("disk-1"));
  }

  @AfterEach
  void free() {
    transport.close();
    memory.close();
  }

  private VirtioMmioTransport<BlockState> transport(BlockConfiguration configuration) {
    return new VirtioMmioTransport<>(
        "block",
        memory,
        line,
        new BlockDevice(disk, configuration),
        TransportConfiguration.complete());
  }

  private GuestDriver started(DriverOptions options) {
    GuestDriver driver = new GuestDriver(transport, memory, line, options);
    driver.start(arena, ALL_FEATURES, 64);
    arena = arena.rest();
    return driver;
  }

  private static byte[] header(int type, long sector) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(0)
        .putLong(sector)
        .array();
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Sends one request; gives what was written, the status as its last byte. */
  private byte[] request(GuestDriver driver, byte[] readable, int writable) {
    arena.clear();
    Random shapes = new Random(readable.length);
    List<Piece> out = arena.scatter(shapes, readable.length, 5);
    arena.fill(out, readable);
    List<Piece> in = arena.scatter(shapes, writable, 5);
    driver.roundTrip(0, out, in);
    return arena.read(in, writable);
  }

  @ParameterizedTest
  @MethodSource("options")
  void whatIsWrittenIsReadBackInAnyShape(DriverOptions options) {
    GuestDriver driver = started(options);
    long seed = 42;
    Random random = new Random(seed);
    byte[] model = disk.content.clone();
    for (int round = 0; round < 300; round++) {
      arena.clear();
      // Several requests in flight, of both kinds, on ranges that do not overlap.
      Map<Integer, Runnable> checks = new HashMap<>();
      int slice = SECTORS / 8;
      int requests = random.nextInt(1, 9);
      for (int i = 0; i < requests; i++) {
        int sectors = random.nextInt(1, 9);
        int sector = i * slice + random.nextInt(slice - sectors);
        int bytes = sectors * 512;
        boolean write = random.nextBoolean();
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        byte[] head = header(write ? 1 : 0, sector);
        byte[] readable = write ? join(head, data) : head;
        List<Piece> out = arena.scatter(random, readable.length, 4);
        arena.fill(out, readable);
        int room = write ? 1 : bytes + 1;
        List<Piece> in = arena.scatter(random, room, 4);
        int token = driver.queues().get(0).add(out, in);
        if (token < 0) {
          break;
        }
        if (write) {
          System.arraycopy(data, 0, model, sector * 512, bytes);
        }
        String what = "seed %d, round %d, request %d".formatted(seed, round, i);
        checks.put(
            token,
            () -> {
              byte[] answer = arena.read(in, room);
              assertThat(answer[room - 1]).as(what).isZero();
              if (!write) {
                assertThat(Arrays.copyOf(answer, bytes))
                    .as(what)
                    .isEqualTo(Arrays.copyOfRange(model, sector * 512, sector * 512 + bytes));
              }
            });
      }
      driver.kick(0);
      while (!checks.isEmpty()) {
        Used used = driver.await(0);
        checks.remove(used.token()).run();
      }
    }
    assertThat(disk.content).as("seed " + seed).isEqualTo(model);
  }

  @Test
  void tellsItsId() {
    GuestDriver driver = started(new DriverOptions(false, false, false));
    byte[] answer = request(driver, header(8, 0), 21);
    assertThat(new String(answer, 0, 6, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("disk-1");
    assertThat(answer[6]).isZero();
    assertThat(answer[20]).isZero();
  }

  @Test
  void flushReachesTheDisk() {
    GuestDriver driver = started(new DriverOptions(true, true, true));
    assertThat(request(driver, header(4, 0), 1)).containsExactly(0);
    assertThat(disk.flushes).hasValue(1);
  }

  @Test
  void writesAreDurableAtOnceWhenTheDriverTurnsTheCacheOff() {
    GuestDriver driver = started(new DriverOptions(false, false, false));
    transport.write(0x120, 1, 0);
    assertThat(request(driver, join(header(1, 0), new byte[512]), 1)).containsExactly(0);
    assertThat(disk.flushes).hasValue(1);
  }

  @Test
  void errorsHaveTheirStatus() {
    GuestDriver driver = started(new DriverOptions(false, true, false));
    disk.failFrom = 512 * 100;
    assertThat(request(driver, header(0, 99), 1025)[1024]).as("bad sector").isEqualTo((byte) 1);
    assertThat(request(driver, header(0, SECTORS), 513)[512]).as("past end").isEqualTo((byte) 1);
    assertThat(request(driver, header(0, -1), 513)[512]).as("negative").isEqualTo((byte) 1);
    assertThat(request(driver, header(0, 0), 512)[511]).as("odd size").isEqualTo((byte) 1);
    assertThat(request(driver, header(99, 0), 1)).as("unknown").containsExactly(2);
    assertThat(request(driver, header(0, 0), 513)[512]).as("still works").isZero();
  }

  @Test
  void discardAndWriteZeroes() {
    GuestDriver driver = started(new DriverOptions(false, true, false));
    byte[] range = ranges(4, 8, 0);
    assertThat(request(driver, join(header(13, 0), range), 1)).containsExactly(0);
    assertThat(Arrays.copyOfRange(disk.content, 4 * 512, 12 * 512)).containsOnly(0);
    assertThat(disk.content[4 * 512 - 1]).isEqualTo(contentAtStart()[4 * 512 - 1]);
    assertThat(request(driver, join(header(11, 0), range), 1)).containsExactly(0);
    assertThat(disk.discards).hasValue(1);
    assertThat(request(driver, join(header(11, 0), ranges(4, 8, 1)), 1))
        .as("unmap is no flag of discard")
        .containsExactly(2);
    assertThat(request(driver, join(header(11, 0), ranges(SECTORS - 1, 2, 0)), 1))
        .containsExactly(1);
    assertThat(request(driver, join(header(11, 0), new byte[7]), 1)).containsExactly(1);
  }

  private static byte[] ranges(long sector, int count, int flags) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(sector)
        .putInt(count)
        .putInt(flags)
        .array();
  }

  private static byte[] contentAtStart() {
    byte[] bytes = new byte[512 * SECTORS];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aReadOnlyDiskRefusesWrites() {
    disk.readOnly = true;
    transport.close();
    transport = transport(BlockConfiguration.of("ro"));
    GuestDriver driver = started(new DriverOptions(false, false, false));
    assertThat(driver.offeredFeatures() & 1 << 5).isNotZero();
    assertThat(request(driver, join(header(1, 0), new byte[512]), 1)).containsExactly(1);
    assertThat(disk.content).isEqualTo(contentAtStart());
  }

  @Test
  void severalQueuesWorkSideBySide() {
    transport.close();
    transport = transport(BlockConfiguration.of("mq").withQueues(4));
    GuestDriver driver = started(new DriverOptions(true, false, true));
    assertThat(driver.queues()).hasSize(4);
    List<List<Piece>> answers = new ArrayList<>();
    for (int queue = 0; queue < 4; queue++) {
      List<Piece> out = List.of(new Piece(arena.allocate(16, 1), 16));
      arena.fill(out, header(0, queue));
      List<Piece> in = List.of(new Piece(arena.allocate(513, 1), 513));
      answers.add(in);
      driver.queues().get(queue).add(out, in);
      driver.kick(queue);
    }
    for (int queue = 0; queue < 4; queue++) {
      driver.await(queue);
      assertThat(Arrays.copyOf(arena.read(answers.get(queue), 513), 512))
          .isEqualTo(Arrays.copyOfRange(disk.content, 512 * queue, 512 * queue + 512));
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void goesOnInAnotherProcessAsIfNothingHadHappened(DriverOptions options) throws Exception {
    long seed = 77;
    Random random = new Random(seed);
    BlockConfiguration configuration = BlockConfiguration.of("moved");
    try (Rig<BlockState> rig = new Rig<>(new BlockDevice(disk, configuration), options)) {
      rig.start(ALL_FEATURES, 16);
      rig.transport().write(0x120, 1, 0);
      Map<Integer, List<Piece>> answers = new HashMap<>();
      Map<Integer, Integer> sectors = new HashMap<>();
      for (int round = 0; round < 200; round++) {
        int sector = random.nextInt(SECTORS);
        List<Piece> out = rig.arena().scatter(random, 16, 2);
        rig.arena().fill(out, header(0, sector));
        List<Piece> in = rig.arena().scatter(random, 513, 2);
        int token = rig.driver().queues().get(0).add(out, in);
        if (token >= 0) {
          answers.put(token, in);
          sectors.put(token, sector);
          rig.driver().kick(0);
        }
        if (random.nextInt(10) == 0) {
          rig.migrate(new BlockDevice(disk, configuration));
        }
        if (token < 0 || round == 199) {
          while (!answers.isEmpty()) {
            Used used = rig.driver().await(0);
            int offset = 512 * sectors.get(used.token());
            assertThat(Arrays.copyOf(rig.arena().read(answers.remove(used.token()), 513), 512))
                .as("seed %d, round %d", seed, round)
                .isEqualTo(Arrays.copyOfRange(disk.content, offset, offset + 512));
          }
          rig.arena().clear();
        }
      }
      assertThat(rig.transport().read(0x120, 1)).as("the cache is still off").isZero();
      assertThat(rig.transport().metrics().faults()).isZero();
    }
  }

  @Test
  void aResetWaitsForTheRequestInFlightAndNothingFollows() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    MemoryDisk slow =
        new MemoryDisk(512 * SECTORS) {
          @Override
          public void read(long offset, java.lang.foreign.MemorySegment destination)
              throws IOException {
            running.incrementAndGet();
            entered.countDown();
            try {
              finish.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            super.read(offset, destination);
            running.decrementAndGet();
          }
        };
    DriverOptions plain = new DriverOptions(false, false, false);
    BlockDevice device = new BlockDevice(slow, BlockConfiguration.of("slow"));
    try (Rig<BlockState> rig = new Rig<>(device, plain)) {
      rig.start(ALL_FEATURES, 64);
      for (int i = 0; i < 10; i++) {
        List<Piece> out = rig.arena().scatter(new Random(i), 16, 1);
        rig.arena().fill(out, header(0, i));
        rig.driver().queues().get(0).add(out, rig.arena().scatter(new Random(i), 513, 1));
      }
      rig.driver().kick(0);
      entered.await();
      Thread vcpu = Thread.ofPlatform().start(() -> rig.driver().write(0x70, 0));
      // The reset is on its way in, or will be; it cannot get past the request.
      finish.countDown();
      vcpu.join();
      assertThat(running).hasValue(0);
      long reads = device.metrics().reads();
      assertThat(reads).isLessThanOrEqualTo(10);
      rig.transport().pause();
      rig.transport().resume();
      assertThat(device.metrics().reads()).as("nothing after the reset").isEqualTo(reads);
      assertThat(rig.driver().read(0x70)).isZero();
    }
  }

  @Test
  void aStateOfAnotherDiskIsRefused() {
    try (Rig<BlockState> rig =
        new Rig<>(
            new BlockDevice(disk, BlockConfiguration.of("a")),
            new DriverOptions(false, false, false))) {
      rig.start(ALL_FEATURES, 16);
      BlockDevice other = new BlockDevice(new MemoryDisk(512), BlockConfiguration.of("b"));
      assertThatThrownBy(() -> rig.migrate(other)).isInstanceOf(SavedStateException.class);
    }
  }

  @Test
  void theDriverHearsOfAnotherCapacity() {
    int[] sectors = {SECTORS};
    MemoryDisk growing =
        new MemoryDisk(512 * 2 * SECTORS) {
          @Override
          public long sizeBytes() {
            return 512L * sectors[0];
          }
        };
    BlockDevice device = new BlockDevice(growing, BlockConfiguration.of("disk-1"));
    transport.close();
    transport =
        new VirtioMmioTransport<>("block", memory, line, device, TransportConfiguration.complete());
    GuestDriver driver = started(options().getFirst());
    int generation = driver.read(0xfc);
    sectors[0] = 2 * SECTORS;
    device.capacityChanged();
    assertThat(driver.awaitInterrupt() & 2).isEqualTo(2);
    assertThat(driver.read(0xfc)).isNotEqualTo(generation);
    assertThat(driver.read(0x100)).isEqualTo(2 * SECTORS);
    assertThat(request(driver, header(0, 2 * SECTORS - 1), 513)[512]).isZero();
  }

  @Test
  void aLimitedDeviceIsPausedAtOnceAndGoesOnWhereItWas() {
    IoLimiter limiter = new IoLimiter(new IoLimits(1, 0, 0, 0, java.time.Duration.ofMillis(1)));
    transport.close();
    transport =
        new VirtioMmioTransport<>(
            "block",
            memory,
            line,
            new BlockDevice(disk, BlockConfiguration.of("disk-1"), limiter),
            TransportConfiguration.complete());
    GuestDriver driver = started(options().getFirst());
    // The first may go into debt, the second would wait for almost an hour.
    assertThat(request(driver, header(0, 0), 4097)[4096]).isZero();
    arena.clear();
    Random shapes = new Random(1);
    List<Piece> out = arena.scatter(shapes, 16, 1);
    arena.fill(out, header(0, 5));
    List<Piece> in = arena.scatter(shapes, 513, 1);
    driver.queues().getFirst().add(out, in);
    driver.kick(0);
    transport.pause();
    transport.resume();
    assertThat(driver.queues().getFirst().take()).isNull();
    limiter.setLimits(IoLimits.NONE);
    driver.await(0);
    assertThat(Arrays.copyOf(arena.read(in, 513), 512))
        .isEqualTo(Arrays.copyOfRange(disk.content, 5 * 512, 6 * 512));
  }
}
