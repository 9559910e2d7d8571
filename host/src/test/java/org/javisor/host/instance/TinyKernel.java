package org.javisor.host.instance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.javisor.host.KeptMachine;

/** Kernels of a few instructions, which real machines run at once. */
final class TinyKernel {
  private static final int HEADER = 64;

  /** {@code j .}: busy for ever. */
  static final int[] BUSY = {0x0000006f};

  /** {@code wfi; j -4}: idle for ever. */
  static final int[] IDLE = {0x10500073, 0xffdff06f};

  /** SBI system reset, shutdown: {@code a7 = "SRST"; a6 = 0; a0 = 0; a1 = a1; ecall; j .}. */
  static final int[] SHUTDOWN = srst(0);

  /** The same for the reason of a failure. */
  static final int[] FAILURE = srst(1);

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
  static KeptMachine machine(Path folder, int[] instructions) throws IOException {
    Path kernel = folder.resolve("kernel-" + instructions.length + "-" + instructions[0]);
    Files.write(kernel, image(instructions));
    Path disk = folder.resolve("initial");
    Files.write(disk, new byte[512]);
    return new KeptMachine("tiny", kernel, disk, Optional.empty(), "", 64L << 20, 0);
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
