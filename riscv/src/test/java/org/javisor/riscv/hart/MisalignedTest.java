package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.PageTables.A;
import static org.javisor.riscv.hart.PageTables.D;
import static org.javisor.riscv.hart.PageTables.R;
import static org.javisor.riscv.hart.PageTables.RWX;
import static org.javisor.riscv.hart.PageTables.V;
import static org.javisor.riscv.hart.PageTables.W;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SATP;
import static org.javisor.riscv.hart.TestMachine.TABLES;

import org.javisor.machine.MmioHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Misaligned and page-crossing accesses. */
class MisalignedTest {
  private static final long VIRTUAL = 0x40_0000;
  private static final long DEVICE = 0x1000_0000L;

  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;
  private final PageTables tables = new PageTables(machine.memory, 3, TABLES);

  @BeforeEach
  void mapTwoPagesToPagesApart() {
    tables.map(BASE, BASE, RWX, 1);
    tables.map(VIRTUAL, DATA, RWX).map(VIRTUAL + 4096, DATA + 0x5000, RWX);
    hart.writeControl(SATP, tables.satp(1));
    for (int i = 0; i < 4096; i++) {
      machine.memory.putByte(DATA + i, (byte) (i * 7));
      machine.memory.putByte(DATA + 0x5000 + i, (byte) ((i + 4096) * 7));
    }
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private long expected(long address, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (byte) ((address - VIRTUAL + i) * 7) & 0xff;
    }
    return value;
  }

  private String access(String instruction, long address) {
    hart.setX(10, address);
    machine.execute(instruction);
    return machine.trap();
  }

  @Test
  void loadsAtAnyAddressSeeTheBytes() {
    for (long address = VIRTUAL + 4096 - 16; address < VIRTUAL + 4096 + 16; address++) {
      assertThat(access("ld a1, 0(a0)", address)).isEqualTo("none");
      assertThat(hart.x(11)).isEqualTo(expected(address, 8));
      access("lw a1, 0(a0)", address);
      assertThat(hart.x(11)).isEqualTo((int) expected(address, 4));
      access("lwu a1, 0(a0)", address);
      assertThat(hart.x(11)).isEqualTo(expected(address, 4));
      access("lh a1, 0(a0)", address);
      assertThat(hart.x(11)).isEqualTo((short) expected(address, 2));
      access("lhu a1, 0(a0)", address);
      assertThat(hart.x(11)).isEqualTo(expected(address, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd", "sw", "sh"})
  void storesAtAnyAddressWriteTheirBytesOnly(String store) {
    int size = store.equals("sd") ? 8 : store.equals("sw") ? 4 : 2;
    for (long address = VIRTUAL + 4096 - 16; address < VIRTUAL + 4096 + 16; address++) {
      mapTwoPagesToPagesApart();
      hart.setX(11, 0xf1f2_f3f4_f5f6_f7f8L);
      assertThat(access(store + " a1, 0(a0)", address)).isEqualTo("none");
      for (long at = VIRTUAL + 4096 - 24; at < VIRTUAL + 4096 + 24; at++) {
        byte byteThere =
            machine.memory.getByte(
                at < VIRTUAL + 4096 ? at - VIRTUAL + DATA : at - VIRTUAL - 4096 + DATA + 0x5000);
        boolean written = at >= address && at < address + size;
        byte wanted =
            written
                ? (byte) (0xf1f2_f3f4_f5f6_f7f8L >>> 8 * (at - address))
                : (byte) expected(at, 1);
        assertThat(byteThere).as("byte %x after %s at %x", at, store, address).isEqualTo(wanted);
      }
    }
  }

  @Test
  void aFaultOfTheSecondPageNamesItAndWritesNothing() {
    tables.map(VIRTUAL + 4096, DATA + 0x5000, V | R | A | D);
    hart.setX(11, -1);
    assertThat(access("sd a1, 0(a0)", VIRTUAL + 4092)).isEqualTo("15 401000");
    assertThat(machine.memory.getInt(DATA + 4092)).isEqualTo((int) expected(VIRTUAL + 4092, 4));
    tables.map(VIRTUAL + 4096, 0, 0);
    hart.translationFence(true, 0, true, 0);
    assertThat(access("ld a1, 0(a0)", VIRTUAL + 4092)).isEqualTo("13 401000");
    assertThat(hart.x(11)).isEqualTo(-1);
  }

  @Test
  void aFaultOfTheFirstPageNamesTheAddress() {
    tables.map(VIRTUAL, DATA, V | R | W | D);
    assertThat(access("ld a1, 0(a0)", VIRTUAL + 4092)).isEqualTo("13 400ffc");
    assertThat(access("sd a1, 0(a0)", VIRTUAL + 4095)).isEqualTo("15 400fff");
  }

  @Test
  void atomicOperationsMustBeAligned() {
    assertThat(access("amoadd.w a1, a2, (a0)", VIRTUAL + 2)).isEqualTo("6 400002");
    assertThat(access("amoadd.d a1, a2, (a0)", VIRTUAL + 4)).isEqualTo("6 400004");
    assertThat(access("sc.w a1, a2, (a0)", VIRTUAL + 1)).isEqualTo("6 400001");
    assertThat(access("lr.d a1, (a0)", VIRTUAL + 4)).isEqualTo("4 400004");
    assertThat(access("amoadd.w a1, a2, (a0)", VIRTUAL + 4)).isEqualTo("none");
  }

  @Test
  void deviceRegistersAreReachedWholeOrNotAtAll() {
    long[] written = new long[1];
    machine.bus.map(
        "device",
        DEVICE,
        0x1000,
        new MmioHandler() {
          @Override
          public long read(long offset, int size) {
            return 0xffff_ffff_ffff_ff80L + offset;
          }

          @Override
          public void write(long offset, int size, long value) {
            written[0] = value;
          }
        });
    tables.map(VIRTUAL + 8192, DEVICE, RWX);
    tables.map(VIRTUAL + 12288, DATA, RWX);
    assertThat(access("lw a1, 4(a0)", VIRTUAL + 8192)).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(0xffff_ff84);
    access("lbu a1, 0(a0)", VIRTUAL + 8192);
    assertThat(hart.x(11)).isEqualTo(0x80);
    hart.setX(11, 0x1234_5678_9abcL);
    access("sw a1, 0(a0)", VIRTUAL + 8192);
    assertThat(written[0]).isEqualTo(0x5678_9abcL);
    assertThat(access("lw a1, 1(a0)", VIRTUAL + 8192)).isEqualTo("5 402001");
    assertThat(access("sw a1, 2(a0)", VIRTUAL + 8192)).isEqualTo("7 402002");
    assertThat(access("amoadd.w a1, a2, (a0)", VIRTUAL + 8192)).isEqualTo("7 402000");
    assertThat(access("lr.w a1, (a0)", VIRTUAL + 8192)).isEqualTo("5 402000");
    assertThat(access("ld a1, 0(a0)", VIRTUAL + 12288 - 4)).isEqualTo("5 402ffc");
    hart.setPc(VIRTUAL + 8192);
    hart.step();
    assertThat(machine.trap()).isEqualTo("1 402000");
  }
}
