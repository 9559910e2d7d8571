package org.javisor.riscv.translator;

import java.util.List;

/** How a block ends. Offsets are in bytes from the start of the page with the region's entry. */
sealed interface Ending {
  /** The next instruction belongs to another block. */
  record Fall(int to) implements Ending {}

  /** The last instruction is a conditional branch. */
  record Branch(int taken, int fall) implements Ending {}

  /** The last instruction is a {@code jal} that is no call. */
  record Jump(int to) implements Ending {}

  /** The last instruction is a {@code jal} that is a call. */
  record Call(int to, int back) implements Ending {}

  /** The last instruction is a {@code jalr} that is no call. */
  record IndirectJump() implements Ending {}

  /** The last instruction is a {@code jalr} that is a call. */
  record IndirectCall(int back) implements Ending {}

  /** The next instruction is one for the interpreter. */
  record Leave(int at) implements Ending {}

  /**
   * Where execution may go on without leaving the unit, if it is in the region; not after calls.
   */
  default List<Integer> inRegion() {
    return switch (this) {
      case Fall(int to) -> List.of(to);
      case Branch(int taken, int fall) -> List.of(taken, fall);
      case Jump(int to) -> List.of(to);
      case Call _, IndirectJump _, IndirectCall _, Leave _ -> List.of();
    };
  }
}
