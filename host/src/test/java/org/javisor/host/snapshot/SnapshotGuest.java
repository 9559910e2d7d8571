package org.javisor.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineSpec;
import org.javisor.host.RestoredSpec;
import org.javisor.image.Progress;
import org.javisor.riscv.isa.Assembler;

/** A machine with a small program in place of a kernel, which obeys letters. */
final class SnapshotGuest implements AutoCloseable {
  private static final long ORIGIN = 0x8020_0000L + 64;

  /**
   * Writes a new number into each of 1024 pages, over and over, and looks whether they are all
   * there. A digit is remembered, g says it, m changes the code that answers a from A to B, i says
   * the end of the generation ID, p says P; x stands for pages that are not as they were written.
   */
  private static final String PROGRAM =
      """
              li   s0, 0x82000000
              li   s1, 0                  # the number
              li   s3, 0x30               # the digit
      round:  addi s1, s1, 1
              li   s2, 0
              mv   t0, s0
              li   t3, 4096
      writes: sd   s1, 0(t0)
              add  t0, t0, t3
              addi s2, s2, 1
              li   t1, 1024
              bltu s2, t1, writes
              li   s2, 0
              mv   t0, s0
      reads:  ld   t2, 0(t0)
              bne  t2, s1, broken
              add  t0, t0, t3
              addi s2, s2, 1
              li   t1, 1024
              bltu s2, t1, reads
              la   a1, input              # is there a letter?
              li   a0, 1
              li   a2, 0
              li   a7, 0x4442434e
              li   a6, 1
              ecall
              beqz a1, round
              la   t0, input
              lbu  a0, 0(t0)
              li   t0, 0x70
              beq  a0, t0, ping
              li   t0, 0x67
              beq  a0, t0, get
              li   t0, 0x61
              beq  a0, t0, ask
              li   t0, 0x6d
              beq  a0, t0, modify
              li   t0, 0x69
              beq  a0, t0, ident
              li   t0, 0x71
              beq  a0, t0, off
              mv   s3, a0
              li   a0, 0x2e
      say:    li   a7, 0x4442434e
              li   a6, 2
              ecall
              j    round
      ping:   li   a0, 0x50
              j    say
      get:    mv   a0, s3
              j    say
      ask:    call answer
              j    say
      modify: la   t0, answer
              la   t1, other
              lwu  t1, 0(t1)
              sw   t1, 0(t0)
              fence.i
              li   a0, 0x2e
              j    say
      ident:  li   t0, 0x102008
              ld   a0, 0(t0)
              andi a0, a0, 63
              addi a0, a0, 0x30
              j    say
      broken: li   a0, 0x58
              li   a7, 0x4442434e
              li   a6, 2
              ecall
      off:    li   a0, 0
              li   a1, 0
              li   a7, 0x53525354
              li   a6, 0
              ecall
              .align 12
      answer: addi a0, zero, 0x41
              ret
      other:  addi a0, zero, 0x42
              .align 12
      input:  .dword 0
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Instance instance;
  private final Screen screen = new Screen();

  private SnapshotGuest(Instance instance) {
    this.instance = instance;
    instance.showConsole(screen);
  }

  /** A host with its data under a folder. */
  static Host host(Path folder) {
    return new Host(
        DataFolder.open(folder.resolve("home")), Map.of(), Optional.empty(), Progress.NONE);
  }

  /** A machine that has been started. */
  static SnapshotGuest start(Host host, Path folder, long memory) throws Exception {
    Path kernel = folder.resolve("kernel");
    if (!Files.exists(kernel)) {
      Files.write(kernel, kernel());
    }
    MachineSpec spec =
        new MachineSpec(
            new MachineSpec.Boot.OwnKernel(kernel, Optional.empty(), Optional.empty()),
            1,
            OptionalLong.of(memory),
            OptionalLong.empty(),
            EngineKind.TRANSLATOR,
            "",
            Optional.empty(),
            false);
    SnapshotGuest guest = new SnapshotGuest(host.build(spec, List.of(), ""));
    guest.instance.start();
    return guest;
  }

  /** A machine that goes on where a snapshot was taken. */
  static SnapshotGuest copy(Host host, SnapshotFolder snapshot) {
    SnapshotGuest guest =
        new SnapshotGuest(
            host.build(
                snapshot,
                new RestoredSpec(
                    EngineKind.TRANSLATOR,
                    Optional.empty(),
                    List.of(),
                    Optional.of(CloneIdentity.named("copy")))));
    guest.instance.start();
    return guest;
  }

  Instance instance() {
    return instance;
  }

  /** What the guest answers to a letter. */
  String say(String letter) throws InterruptedException {
    int before = screen.text().length();
    byte[] bytes = letter.getBytes(StandardCharsets.US_ASCII);
    instance.type(bytes, 0, bytes.length);
    assertThat(screen.await(before + 1)).as("output: %s", screen.text()).isTrue();
    return screen.text().substring(before);
  }

  @Override
  public void close() {
    instance.close();
  }

  /** A kernel of the right format with the program behind its header. */
  private static byte[] kernel() {
    byte[] code = new Assembler(ORIGIN).source(PROGRAM).bytes();
    ByteBuffer image = ByteBuffer.allocate(64 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(0, 0x0400006f); // jal x0, 64
    image.putLong(8, 0x20_0000);
    image.putLong(16, image.capacity());
    image.putInt(32, 2);
    image.putLong(48, 0x56_4353_4952L);
    image.putInt(56, 0x0543_5352);
    image.put(64, code);
    return image.array();
  }

  /** What the guest writes. */
  private static final class Screen extends OutputStream {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      content.write(bytes, offset, length);
      notifyAll();
    }

    synchronized String text() {
      return content.toString(StandardCharsets.US_ASCII);
    }

    synchronized boolean await(int length) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (content.size() < length) {
        long remaining = end - System.nanoTime();
        if (remaining <= 0) {
          return false;
        }
        wait(Math.max(1, remaining / 1_000_000));
      }
      return true;
    }
  }
}
