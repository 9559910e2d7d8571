package org.javisor.host.instance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.javisor.host.DataFolder;
import org.javisor.host.KeptMachine;
import org.javisor.storage.store.Sha256;

/** Kernels of a few instructions, which real machines run at once. */
public final class TinyKernel {
  private static final int HEADER = 64;

  /** {@code j .}: busy for ever. */
  public static final int[] BUSY = {0x0000006f};

  /** {@code wfi; j -4}: idle for ever. */
  public static final int[] IDLE = {0x10500073, 0xffdff06f};

  /** SBI system reset, shutdown: {@code a7 = "SRST"; a6 = 0; a0 = 0; a1 = a1; ecall; j .}. */
  public static final int[] SHUTDOWN = srst(0);

  /** The same for the reason of a failure. */
  public static final int[] FAILURE = srst(1);

  /** Starts harts 7 to 1, by SBI hart state management where there are as many, and is busy. */
  public static final int[] ALL_BUSY = {
    0x00700413, // li s0, 7
    0x00000597, // auipc a1, 0
    0x02458593, // addi a1, a1, 36
    0x00040513, // mv a0, s0
    0x004858b7, // lui a7, 0x485
    0x34d88893, // addi a7, a7, 0x34d
    0x00000813, // li a6, 0
    0x00000073, // ecall
    0xfff40413, // addi s0, s0, -1
    0xfe0410e3, // bnez s0, -32
    0x0000006f, // j .
  };

  /** Answers each byte from its serial port with the one before, which it keeps in memory. */
  public static final int[] REMEMBERS = {
    0x10000437, // lui s0, 0x10000
    0x00544283, // lbu t0, 5(s0)
    0x0012f293, // andi t0, t0, 1
    0xfe028ce3, // beqz t0, -8
    0x00044303, // lbu t1, 0(s0)
    0x00000397, // auipc t2, 0
    0x0403ce03, // lbu t3, 64(t2)
    0x04638023, // sb t1, 64(t2)
    0x01c40023, // sb t3, 0(s0)
    0xfe1ff06f, // j -32
  };

  private TinyKernel() {}

  private static int[] srst(int reason) {
    return new int[] {
      0x535258b7, // lui a7, 0x53525
      0x35488893, // addi a7, a7, 0x354
      0x00000813, // li a6, 0
      0x00000513, // li a0, 0
      0x00000593 | reason << 20, // li a1, reason
      0x00000073, // ecall
      0x0000006f, // j .
    };
  }

  /** What a machine of this kernel stands on, with its files in this folder. */
  public static KeptMachine machine(Path folder, int[] instructions) throws IOException {
    Path kernel = folder.resolve("kernel-" + instructions.length + "-" + instructions[0]);
    Path disk = folder.resolve("initial");
    if (!Files.exists(disk) || !Files.exists(kernel)) { // Machines have them mapped.
      Files.write(kernel, image(instructions));
      Files.write(disk, new byte[512]);
    }
    return new KeptMachine("tiny", kernel, disk, Optional.empty(), "", 64L << 20, 0);
  }

  /** A running instance of this kernel, whose files are called by their digests as images' are. */
  static HostedInstance start(
      InstanceStore store, DataFolder data, Path folder, String name, int[] instructions)
      throws IOException, InterruptedException {
    HostedInstance instance =
        store.create(
            name,
            digested(folder, instructions, data),
            new InstanceConfig(
                InstanceConfig.VERSION,
                "",
                false,
                Instant.EPOCH,
                Map.of("limits.memory", "64MiB"),
                Map.of(),
                List.of(),
                false));
    instance.start();
    return instance;
  }

  private static KeptMachine digested(Path folder, int[] instructions, DataFolder data)
      throws IOException {
    KeptMachine tiny = machine(folder, instructions);
    return new KeptMachine(
        tiny.image(),
        digested(data, tiny.kernel()),
        digested(data, tiny.initialRamDisk()),
        Optional.empty(),
        tiny.commandLine(),
        tiny.memory(),
        tiny.minimumMemory());
  }

  private static Path digested(DataFolder data, Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Path files = Files.createDirectories(data.images().resolve("files"));
    Path target = files.resolve(Sha256.digestOf(content).hex());
    return Files.exists(target) ? target : Files.write(target, content);
  }

  /** Documentation/arch/riscv/boot-image-header.rst of Linux. */
  private static byte[] image(int[] instructions) {
    int size = HEADER + 4 * instructions.length;
    ByteBuffer image = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(0x0400006f).putInt(0); // j 64
    image.putLong(0x200000).putLong(size).putLong(0);
    image.putInt(2).putInt(0).putLong(0);
    image.put("RISCV\0\0\0".getBytes(StandardCharsets.US_ASCII));
    image.put("RSC\5".getBytes(StandardCharsets.US_ASCII)).putInt(0);
    for (int instruction : instructions) {
      image.putInt(instruction);
    }
    return image.array();
  }
}
