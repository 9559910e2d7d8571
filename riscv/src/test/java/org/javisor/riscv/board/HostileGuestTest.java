package org.javisor.riscv.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.javisor.riscv.isa.Assembler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests that do to the board what they can: the machine neither fails nor hangs, and the guest
 * comes to its end.
 */
class HostileGuestTest {
  private static final int ROWS = 2000;
  private static final int HARTS = 4;

  /** Extensions that leave the caller running; power-off would end the test too early. */
  private static final long[] EXTENSIONS = {
    0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x4442434e, 0x504d55, 0, -1, 0x53535345
  };

  private static final long[] CORNERS = {
    0,
    1,
    2,
    3,
    15,
    -1,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    BoardMap.MEMORY,
    BoardMap.MEMORY - 1,
    BoardMap.MEMORY + TestBoards.MEMORY - 1,
    BoardMap.MEMORY + TestBoards.MEMORY,
    BoardMap.UART,
    BoardMap.PLIC
  };

  /** The whole of memory that the program is not in. */
  private static final long SPARE = BoardMap.MEMORY + (16L << 20);

  private static long argument(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> SPARE + random.nextInt(1 << 20);
      default -> CORNERS[random.nextInt(CORNERS.length)];
    };
  }

  /** Rows of 64 bytes: extension, function, six arguments. */
  private static byte[] calls(long seed) {
    Random random = new Random(seed);
    Assembler table = new Assembler(0);
    for (int row = 0; row < ROWS; row++) {
      long extension = EXTENSIONS[random.nextInt(EXTENSIONS.length)];
      long function = random.nextInt(9);
      if (extension == 0x48534d && (function == 1 || function == 3)) {
        function = 2; // Stopping and suspending would be for ever, as may be.
      }
      long first = argument(random);
      if (extension == 0x48534d && function == 0) {
        first = -1; // A started hart runs what the address holds.
      }
      if (extension == 0x4442434e && function == 1) {
        function = 0; // What is read may go anywhere in memory, the program included.
      }
      table.dword(extension).dword(function).dword(first);
      for (int argument = 1; argument < 6; argument++) {
        table.dword(argument(random));
      }
    }
    return table.bytes();
  }

  /** Rows of 32 bytes: address, kind of access, value, nothing. */
  private static byte[] accesses(long seed) {
    Random random = new Random(seed);
    Assembler table = new Assembler(0);
    long[] bases = {
      BoardMap.UART, BoardMap.PLIC, BoardMap.PLIC + 0x2000, BoardMap.PLIC + 0x20_0000, BoardMap.RTC
    };
    for (int row = 0; row < ROWS; row++) {
      long base = bases[random.nextInt(bases.length)];
      long address =
          switch (random.nextInt(4)) {
            case 0 -> base + random.nextInt(8);
            case 1 -> base + random.nextInt(64) * 4L;
            case 2 -> base + random.nextInt(0x5000);
            default -> random.nextLong(BoardMap.MEMORY);
          };
      table.dword(address).dword(random.nextInt(8)).dword(random.nextLong()).dword(0);
    }
    return table.bytes();
  }

  /** Starts the other harts; all go through a table of their own and then are counted. */
  private static final String ALL_HARTS =
      """
              li   s0, 1
      next:   mv   a0, s0
              la   a1, attack
              li   a2, 0
              li   a7, 0x48534d
              li   a6, 0
              ecall
              bnez a0, fail
              addi s0, s0, 1
              li   t0, 4
              bne  s0, t0, next
              li   a0, 0
      attack: la   t0, skip
              csrw stvec, t0
              la   s0, table
              li   t0, TABLE
              mul  t0, t0, a0
              add  s0, s0, t0
              li   s1, ROWS
              mv   s2, a0
      row:
              BODY
              addi s0, s0, STRIDE
              addi s1, s1, -1
              bnez s1, row
              la   t0, done
              li   t1, 1
              amoadd.d zero, t1, (t0)
              bnez s2, rest
      wait:   ld   t1, 0(t0)
              li   t2, 4
              bne  t1, t2, wait
              j    off
      rest:   wfi
              j    rest
              .align 2
      skip:   csrr t6, sepc
              addi t6, t6, 4
              csrw sepc, t6
              sret
              .align 3
      done:   .dword 0
      """;

  private static final String CALL =
      """
              ld   a7, 0(s0)
              ld   a6, 8(s0)
              ld   a0, 16(s0)
              ld   a1, 24(s0)
              ld   a2, 32(s0)
              ld   a3, 40(s0)
              ld   a4, 48(s0)
              ld   a5, 56(s0)
              ecall
              bgtz_a0
      """;

  private static final String ACCESS =
      """
              ld   t0, 0(s0)
              ld   t1, 8(s0)
              ld   t2, 16(s0)
              slli t1, t1, 3
              la   t3, kinds
              add  t3, t3, t1
              jr   t3
      kinds:  lbu  t4, 0(t0)
              j    over
              lhu  t4, 0(t0)
              j    over
              lw   t4, 0(t0)
              j    over
              ld   t4, 0(t0)
              j    over
              sb   t2, 0(t0)
              j    over
              sh   t2, 0(t0)
              j    over
              sw   t2, 0(t0)
              j    over
              sd   t2, 0(t0)
      over:
      """;

  private static byte[] program(String body, int stride, byte[][] tables) {
    String text =
        ALL_HARTS
            .replace("BODY", body)
            .replace("STRIDE", Integer.toString(stride))
            .replace("ROWS", Integer.toString(ROWS))
            .replace("TABLE", Integer.toString(tables[0].length));
    Assembler program = new Assembler(GuestMachine.ORIGIN);
    program.source(text + GuestMachine.LIBRARY + ".align 3\ntable:\n");
    for (byte[] table : tables) {
      program.data(table);
    }
    return program.bytes();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void callsWithAnyArguments(long seed) throws Exception {
    byte[][] tables = new byte[HARTS][];
    for (int hart = 0; hart < HARTS; hart++) {
      tables[hart] = calls(seed * HARTS + hart);
    }
    // A result above zero in a0 is no error code.
    String body = CALL.replace("bgtz_a0", "blt zero, a0, fail");
    try (GuestMachine guest = new GuestMachine(HARTS, program(body, 64, tables)).start()) {
      guest.finish();
      assertThat(guest.board().metrics().sbi().unknown()).as("seed %d", seed).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void accessesToAnyRegister(long seed) throws Exception {
    byte[][] tables = new byte[HARTS][];
    for (int hart = 0; hart < HARTS; hart++) {
      tables[hart] = accesses(seed * HARTS + hart);
    }
    try (GuestMachine guest = new GuestMachine(HARTS, program(ACCESS, 32, tables)).start()) {
      guest.finish();
    }
  }
}
