/**
 * The board: everything of a RISC-V machine around its harts, put together by {@link
 * org.javisor.riscv.board.RiscvBoard}.
 *
 * <p>One sub-package per part: {@code sbi} answers the kernel's calls in place of firmware, {@code
 * plic}, {@code uart} and {@code rtc} are devices, {@code console} is the host side of the serial
 * port, {@code devicetree} writes the description that the kernel reads, {@code boot} places the
 * kernel. The parts know neither each other nor the harts; this package wires them.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board;
