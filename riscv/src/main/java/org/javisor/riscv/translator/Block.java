package org.javisor.riscv.translator;

import java.util.List;

/**
 * A basic block.
 *
 * @param start offset of the first instruction in bytes from the start of the page with the
 *     region's entry
 */
record Block(int start, List<Step> steps, Ending ending) {
  /**
   * An instruction.
   *
   * @param offset as of blocks
   * @param decoded as {@code isa.Decoded} describes it
   */
  record Step(int offset, long decoded) {}
}
