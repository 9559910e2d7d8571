package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.javisor.riscv.board.boot.BootLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoardDeviceTreeTest {
  private static final BootLayout LAYOUT =
      new BootLayout(0x8020_0000L, 0x8240_0000L, 0x8250_0000L, 0x8250_0000L, 0x8250_2000L);

  @TempDir Path directory;

  @Test
  void compilerReadsTheTreeWithoutComplaint() throws Exception {
    BoardConfiguration board = TestBoards.configuration(2, "console=ttyS0", true);
    byte[] seed = new byte[BoardDeviceTree.SEED_BYTES];
    seed[0] = 0x5a;

    String source =
        DeviceTreeCompiler.decompile(BoardDeviceTree.write(board, LAYOUT, seed), directory);

    assertThat(source)
        .contains("bootargs = \"console=ttyS0\"")
        .contains("linux,initrd-start = <0x00 0x82400000>")
        .contains("linux,initrd-end = <0x00 0x82500000>")
        .contains("rng-seed = <0x5a000000 0x00")
        .contains("memory@80000000")
        .contains("reg = <0x00 0x80000000 0x00 0x4000000>")
        .contains("timebase-frequency = <0x989680>")
        .contains("cpu@0 {")
        .contains("cpu@1 {")
        .doesNotContain("cpu@2 {")
        .contains("riscv,isa-base = \"rv64i\"")
        .contains("rv64imafdc_zicntr_zicsr_zifencei_zba_zbb_zbs_sstc_svade")
        .contains("interrupts-extended = <0x02 0x09 0x03 0x09>")
        .contains("compatible = \"ns16550a\"")
        .contains("compatible = \"google,goldfish-rtc\"")
        .contains("virtio_mmio@10001000")
        .contains("virtio_mmio@10002000");
  }

  @Test
  void lengthIsTheSameForEveryLayoutAndSeed() {
    BoardConfiguration board = TestBoards.configuration(8, "quiet", true);
    byte[] seed = new byte[BoardDeviceTree.SEED_BYTES];
    int length = BoardDeviceTree.write(board, LAYOUT, seed).length;
    seed[7] = 1;
    assertThat(BoardDeviceTree.write(board, new BootLayout(0, 0, 0, 0, 0), seed)).hasSize(length);
  }
}
