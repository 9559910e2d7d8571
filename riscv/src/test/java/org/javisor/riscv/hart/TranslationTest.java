package org.javisor.riscv.hart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javisor.riscv.hart.PageTables.A;
import static org.javisor.riscv.hart.PageTables.D;
import static org.javisor.riscv.hart.PageTables.G;
import static org.javisor.riscv.hart.PageTables.R;
import static org.javisor.riscv.hart.PageTables.RWX;
import static org.javisor.riscv.hart.PageTables.U;
import static org.javisor.riscv.hart.PageTables.V;
import static org.javisor.riscv.hart.PageTables.W;
import static org.javisor.riscv.hart.PageTables.X;
import static org.javisor.riscv.hart.TestMachine.BASE;
import static org.javisor.riscv.hart.TestMachine.DATA;
import static org.javisor.riscv.hart.TestMachine.SATP;
import static org.javisor.riscv.hart.TestMachine.SSTATUS;
import static org.javisor.riscv.hart.TestMachine.STATUS_MXR;
import static org.javisor.riscv.hart.TestMachine.STATUS_SUM;
import static org.javisor.riscv.hart.TestMachine.TABLES;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Address translation and its protection, one rule a test. */
class TranslationTest {
  private static final long VIRTUAL = 0x40_0000;
  private static final long USER_CODE = 0x30_0000;

  private final TestMachine machine = new TestMachine();
  private final Hart hart = machine.hart;
  private PageTables tables;

  @BeforeEach
  void mapIdentity() {
    tables = new PageTables(machine.memory, 3, TABLES);
    // Code, trap handler and tables stay where they are.
    for (long at = BASE; at < BASE + (16 << 20); at += 2 << 20) {
      tables.map(at, at, RWX, 1);
    }
    tables.map(USER_CODE, BASE + 0x2000, RWX | U);
    hart.writeControl(SATP, tables.satp(1));
    machine.memory.putLong(DATA, 0x1122_3344_5566_7788L);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private String load(long address) {
    hart.setX(10, address);
    hart.setX(11, 0);
    machine.execute("ld a1, 0(a0)");
    return machine.trap();
  }

  private String store(long address) {
    hart.setX(10, address);
    hart.setX(11, 77);
    machine.execute("sd a1, 0(a0)");
    return machine.trap();
  }

  private String fetch(long address) {
    hart.setPc(address);
    hart.step();
    return machine.trap();
  }

  private void fenceAll() {
    hart.translationFence(true, 0, true, 0);
  }

  /**
   * Executes a load or store at the user's code page in U-mode; ends in the trap handler or not.
   */
  private String user(String instruction, long address) {
    machine.code(BASE + 0x2000, instruction);
    hart.setX(10, address);
    machine.enterUser(USER_CODE);
    hart.step();
    String trap = machine.trap();
    if (hart.privilege() == Hart.USER) {
      hart.enterTrap(8, 0); // back to S-mode, as an ecall would
    }
    return trap;
  }

  private void setStatus(long bits) {
    hart.writeControl(SSTATUS, bits);
  }

  @Test
  void readsThroughThePageTable() {
    tables.map(VIRTUAL, DATA, V | R | A);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(0x1122_3344_5566_7788L);
  }

  @Test
  void missingAccessOrDirtyBitFaults() {
    tables.map(VIRTUAL, DATA, V | R | W);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    tables.map(VIRTUAL, DATA, V | R | W | A);
    fenceAll();
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(store(VIRTUAL + 8)).isEqualTo("15 400008");
    assertThat(machine.memory.getLong(DATA + 8)).isZero();
    tables.map(VIRTUAL, DATA, V | R | W | A | D);
    fenceAll();
    assertThat(store(VIRTUAL + 8)).isEqualTo("none");
    assertThat(machine.memory.getLong(DATA + 8)).isEqualTo(77);
    // Svade: the table itself was never written.
    assertThat(machine.memory.getLong(tables.entry(VIRTUAL, 0)) & 0xff)
        .isEqualTo(V | R | W | A | D);
  }

  @Test
  void aStoreAfterACachedLoadStillNeedsPermission() {
    tables.map(VIRTUAL, DATA, V | R | A | D);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(store(VIRTUAL)).isEqualTo("15 400000");
  }

  @Test
  void supervisorReachesUserPagesOnlyWithSum() {
    tables.map(VIRTUAL, DATA, V | R | W | U | A | D);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    setStatus(STATUS_SUM);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(store(VIRTUAL)).isEqualTo("none");
    setStatus(0);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    assertThat(store(VIRTUAL)).isEqualTo("15 400000");
  }

  @Test
  void supervisorNeverExecutesUserPages() {
    assertThat(fetch(USER_CODE)).isEqualTo("12 300000");
    setStatus(STATUS_SUM);
    assertThat(fetch(USER_CODE)).isEqualTo("12 300000");
  }

  @Test
  void userReachesOnlyUserPages() {
    tables.map(VIRTUAL, DATA, V | R | W | A | D);
    tables.map(VIRTUAL + 4096, DATA, V | R | W | U | A | D);
    assertThat(user("ld a1, 0(a0)", VIRTUAL)).isEqualTo("13 400000");
    assertThat(user("ld a1, 0(a0)", VIRTUAL + 4096)).isEqualTo("none");
    assertThat(user("sd a1, 0(a0)", VIRTUAL)).isEqualTo("15 400000");
    machine.enterUser(BASE);
    hart.step();
    assertThat(machine.trap()).isEqualTo("12 80000000");
  }

  @Test
  void whatUserCachedSupervisorMayNotUseAndViceVersa() {
    tables.map(VIRTUAL, DATA, V | R | W | U | A | D);
    assertThat(user("ld a1, 0(a0)", VIRTUAL)).isEqualTo("none");
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    assertThat(user("ld a1, 0(a0)", DATA)).isEqualTo("13 80100000");
    assertThat(load(DATA)).isEqualTo("none");
    assertThat(user("ld a1, 0(a0)", DATA)).isEqualTo("13 80100000");
  }

  @Test
  void mxrMakesExecutablePagesReadable() {
    tables.map(VIRTUAL, DATA, V | X | A);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    setStatus(STATUS_MXR);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(store(VIRTUAL)).isEqualTo("15 400000");
    setStatus(0);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 54, 1L << 60, 1L << 61, 1L << 62, 1L << 63})
  void reservedBitsFault(long bit) {
    tables.map(VIRTUAL, DATA, RWX);
    long entry = tables.entry(VIRTUAL, 0);
    machine.memory.putLong(entry, machine.memory.getLong(entry) | bit);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
  }

  @Test
  void writableButNotReadableIsReserved() {
    tables.map(VIRTUAL, DATA, V | W | A | D);
    assertThat(store(VIRTUAL)).isEqualTo("15 400000");
    tables.map(VIRTUAL, DATA, V | W | X | A | D);
    assertThat(fetch(VIRTUAL)).isEqualTo("12 400000");
  }

  @Test
  void attributesInAPointerToATableFault() {
    tables.map(VIRTUAL, DATA, RWX);
    long pointer = tables.entry(VIRTUAL, 1);
    for (long bit : new long[] {U, A, D}) {
      long entry = machine.memory.getLong(pointer);
      machine.memory.putLong(pointer, entry | bit);
      assertThat(load(VIRTUAL)).isEqualTo("13 400000");
      machine.memory.putLong(pointer, entry);
    }
    assertThat(load(VIRTUAL)).isEqualTo("none");
  }

  @Test
  void aSuperpageMustBeAligned() {
    tables.map(0x4000_0000L, BASE + 4096, RWX, 1);
    assertThat(load(0x4000_0000L)).isEqualTo("13 40000000");
    tables.map(0x4000_0000L, BASE, RWX, 1);
    assertThat(load(0x4000_0000L + (DATA - BASE))).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(0x1122_3344_5566_7788L);
  }

  @Test
  void aTableOutsideMemoryIsAnAccessFault() {
    machine.memory.putLong(tables.entry(0x8000_0000L * 4, 2), 0x1000_0000L >>> 12 << 10 | V);
    assertThat(load(0x8000_0000L * 4)).isEqualTo("5 200000000");
    assertThat(store(0x8000_0000L * 4)).isEqualTo("7 200000000");
    assertThat(fetch(0x8000_0000L * 4)).isEqualTo("1 200000000");
  }

  @Test
  void aPageOutsideMemoryIsAnAccessFault() {
    tables.map(VIRTUAL, 0x1000_0000L, RWX);
    assertThat(load(VIRTUAL)).isEqualTo("5 400000");
    assertThat(store(VIRTUAL)).isEqualTo("7 400000");
    assertThat(fetch(VIRTUAL)).isEqualTo("1 400000");
  }

  @Test
  void addressesThatAreNotCanonicalFault() {
    assertThat(load(1L << 39)).isEqualTo("13 8000000000");
    assertThat(store(1L << 63)).isEqualTo("15 8000000000000000");
    assertThat(fetch(0x0100_0000_8000_0000L)).isEqualTo("12 100000080000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void everyDepthOfTablesTranslates(int levels) {
    long high = -1L << (12 + 9 * levels - 1);
    PageTables deep = new PageTables(machine.memory, levels, TABLES + 0x10_0000);
    deep.map(BASE, BASE, RWX, 1);
    deep.map(high, DATA, RWX);
    deep.map(~high - 4095, DATA, RWX);
    hart.writeControl(SATP, deep.satp(7));
    assertThat(hart.readControl(SATP)).isEqualTo(deep.satp(7));
    assertThat(load(high)).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(0x1122_3344_5566_7788L);
    assertThat(load(~high - 4095)).isEqualTo("none");
    assertThat(load(~high + 1))
        .isEqualTo(levels == 5 ? "13 100000000000000" : "13 " + Long.toHexString(~high + 1));
  }

  @Test
  void anUnknownModeLeavesSatpAlone() {
    long before = hart.readControl(SATP);
    hart.writeControl(SATP, 11L << 60);
    hart.writeControl(SATP, 1L << 60 | 5);
    assertThat(hart.readControl(SATP)).isEqualTo(before);
    hart.writeControl(SATP, tables.satp(0xffff));
    assertThat(hart.readControl(SATP)).isEqualTo(tables.satp(0xffff));
  }

  @Test
  void changingTheAddressSpaceFlushesNothing() {
    tables.map(VIRTUAL, DATA, RWX);
    PageTables other = new PageTables(machine.memory, 3, TABLES + 0x10_0000);
    other.map(BASE, BASE, RWX, 1).map(VIRTUAL, DATA + 4096, RWX);
    machine.memory.putLong(DATA + 4096, 2);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    hart.writeControl(SATP, other.satp(2));
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(2);
    // The entry is gone from the table, but its translation is still there after the way back.
    machine.memory.putLong(tables.entry(VIRTUAL, 0), 0);
    hart.writeControl(SATP, tables.satp(1));
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(11)).isEqualTo(0x1122_3344_5566_7788L);
    machine.execute("sfence.vma zero, zero");
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
  }

  @Test
  void manyAddressSpacesTakeTurns() {
    for (int round = 0; round < 3; round++) {
      for (int asid = 1; asid < 200; asid++) {
        tables.map(VIRTUAL, DATA + (asid % 16) * 4096L, RWX);
        machine.memory.putLong(DATA + (asid % 16) * 4096L, asid % 16);
        hart.writeControl(SATP, tables.satp(asid));
        hart.translationFence(true, 0, false, asid);
        assertThat(load(VIRTUAL)).isEqualTo("none");
        assertThat(hart.x(11)).isEqualTo(asid % 16);
      }
    }
  }

  @Test
  void bareModeHasNoTranslation() {
    tables.map(VIRTUAL, DATA, RWX);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    hart.writeControl(SATP, 0);
    assertThat(load(VIRTUAL)).isEqualTo("5 400000");
    assertThat(load(DATA)).isEqualTo("none");
    hart.writeControl(SATP, tables.satp(1));
    assertThat(load(VIRTUAL)).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sfence.vma zero, zero",
        "sfence.vma a0, zero",
        "sfence.vma zero, a2",
        "sfence.vma a0, a2"
      })
  void everyFenceForgetsThePageOfThisSpace(String fence) {
    tables.map(VIRTUAL, DATA, RWX);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    tables.map(VIRTUAL, DATA + 4096, RWX);
    hart.setX(10, VIRTUAL + 123);
    hart.setX(12, 1);
    machine.execute(fence);
    assertThat(load(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(11)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sfence.vma a0, zero", "sfence.vma a0, a2"})
  void aFenceOfAPageKeepsTheOthers(String fence) {
    tables.map(VIRTUAL, DATA, RWX);
    load(VIRTUAL);
    machine.memory.putLong(tables.entry(VIRTUAL, 0), 0);
    hart.setX(10, VIRTUAL + 4096);
    hart.setX(12, 1);
    machine.execute(fence);
    assertThat(load(VIRTUAL)).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sfence.vma zero, a2", "sfence.vma a0, a2"})
  void aFenceOfAnotherSpaceKeepsThisOne(String fence) {
    tables.map(VIRTUAL, DATA, RWX);
    load(VIRTUAL);
    machine.memory.putLong(tables.entry(VIRTUAL, 0), 0);
    hart.setX(10, VIRTUAL);
    hart.setX(12, 2);
    machine.execute(fence);
    assertThat(load(VIRTUAL)).isEqualTo("none");
  }

  @Test
  void aFenceOfAllSpacesReachesThoseThatAreNotCurrent() {
    tables.map(VIRTUAL, DATA, RWX | G);
    load(VIRTUAL);
    hart.writeControl(SATP, tables.satp(2));
    load(VIRTUAL);
    machine.memory.putLong(tables.entry(VIRTUAL, 0), 0);
    hart.translationFence(false, VIRTUAL, true, 0);
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
    hart.writeControl(SATP, tables.satp(1));
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
  }

  @Test
  void aSpaceThatMissedManyFencesForgetsEverything() {
    tables.map(VIRTUAL, DATA, RWX);
    load(VIRTUAL);
    hart.writeControl(SATP, tables.satp(2));
    machine.memory.putLong(tables.entry(VIRTUAL, 0), 0);
    hart.translationFence(false, VIRTUAL, true, 0);
    for (int i = 0; i < 1000; i++) {
      hart.translationFence(false, VIRTUAL + 4096L * (i + 1), true, 0);
    }
    hart.writeControl(SATP, tables.satp(1));
    assertThat(load(VIRTUAL)).isEqualTo("13 400000");
  }

  @Test
  void aFenceInsideASuperpageForgetsAllOfIt() {
    long huge = 0x4000_0000L;
    tables.map(huge, BASE, RWX, 1);
    long inside = huge + (DATA - BASE);
    assertThat(load(inside)).isEqualTo("none");
    machine.memory.putLong(tables.entry(huge, 1), 0);
    hart.translationFence(false, huge + 0x5000, true, 0);
    assertThat(load(inside)).isEqualTo("13 40100000");
  }

  @Test
  void aSuperpageCanBeSplit() {
    long huge = 0x4000_0000L;
    tables.map(huge, BASE, RWX, 1);
    assertThat(load(huge + (DATA - BASE))).isEqualTo("none");
    machine.memory.putLong(tables.entry(huge, 1), 0);
    tables.map(huge + (DATA - BASE), DATA + 4096, V | R | A);
    hart.translationFence(false, huge, false, 1);
    assertThat(load(huge + (DATA - BASE))).isEqualTo("none");
    assertThat(hart.x(11)).isZero();
    assertThat(store(huge + (DATA - BASE))).isEqualTo("15 40100000");
  }

  @Test
  void fetchesFollowAChangedMappingAfterAFence() {
    machine.code(DATA, "li a0, 1");
    machine.code(DATA + 4096, "li a0, 2");
    tables.map(VIRTUAL, DATA, RWX);
    assertThat(fetch(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(10)).isEqualTo(1);
    tables.map(VIRTUAL, DATA + 4096, RWX);
    hart.translationFence(false, VIRTUAL, true, 0);
    assertThat(fetch(VIRTUAL)).isEqualTo("none");
    assertThat(hart.x(10)).isEqualTo(2);
    tables.map(VIRTUAL, DATA + 4096, V | R | W | A | D);
    hart.translationFence(false, VIRTUAL, false, 1);
    assertThat(fetch(VIRTUAL)).isEqualTo("12 400000");
  }
}
