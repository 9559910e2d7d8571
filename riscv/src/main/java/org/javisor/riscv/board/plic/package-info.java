/**
 * The platform-level interrupt controller (RISC-V PLIC specification 1.0.0, register layout of the
 * SiFive PLIC): device interrupts in, one external interrupt wire per hart out.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.plic;
