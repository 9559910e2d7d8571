package org.javisor.riscv.board;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.javisor.machine.Entropy;
import org.javisor.machine.HostClock;
import org.javisor.machine.InterruptLine;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.javisor.riscv.board.console.BufferedConsole;
import org.javisor.riscv.board.rtc.GoldfishRtc;
import org.javisor.riscv.board.rtc.GoldfishRtcConfiguration;
import org.jspecify.annotations.Nullable;

/** Boards and kernels for tests. */
final class TestBoards {
  static final long MEMORY = 64L << 20;

  private TestBoards() {}

  /** A kernel of the right format whose code starts after the header's jump over the header. */
  static KernelImage kernel(byte[] code) {
    ByteBuffer image = ByteBuffer.allocate(64 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(0, 0x0400006f); // jal x0, 64
    image.putLong(8, 0x20_0000);
    image.putLong(16, image.capacity());
    image.putInt(32, 2);
    image.putLong(48, 0x56_4353_4952L);
    image.putInt(56, 0x0543_5352);
    image.put(64, code);
    return KernelImage.of(BootFile.of("test kernel", image.array()));
  }

  static BoardConfiguration configuration(int harts, String commandLine, boolean withDisk) {
    @Nullable BootFile disk = withDisk ? BootFile.of("test RAM disk", new byte[512]) : null;
    // Any device serves to fill a slot.
    MappedDevice.Slot first = slot("first");
    MappedDevice.Slot second = slot("second");
    return new BoardConfiguration(
        harts,
        MEMORY,
        kernel(new byte[16]),
        disk,
        commandLine,
        List.of(first, second),
        new BufferedConsole(new ByteArrayOutputStream()),
        new HostClock(),
        Entropy.secure());
  }

  private static MappedDevice.Slot slot(String name) {
    return MappedDevice.Slot.virtio(
        (memory, clock, interrupt) -> MappedDevice.of(device(name, clock, interrupt)));
  }

  private static GoldfishRtc device(
      String name, org.javisor.machine.Clock clock, InterruptLine interrupt) {
    return new GoldfishRtc(new GoldfishRtcConfiguration(name), clock, interrupt);
  }
}
