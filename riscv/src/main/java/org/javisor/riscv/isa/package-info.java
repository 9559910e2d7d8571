/**
 * The instruction set as data: one table, {@link org.javisor.riscv.isa.Instruction}, and everything
 * that reads it.
 *
 * <p>A row says how an instruction is encoded and how its meaning is called; the meaning itself is
 * one static method in {@code org.javisor.riscv.semantics}, found by {@link
 * org.javisor.riscv.isa.Family} and name. {@link org.javisor.riscv.isa.Decoder} turns machine words
 * into packed {@linkplain org.javisor.riscv.isa.Decoded decoded instructions}, {@link
 * org.javisor.riscv.isa.Assembler} and {@link org.javisor.riscv.isa.Disassembler} go between them
 * and text. Nothing here knows of harts or memory.
 *
 * <p>Encodings follow the RISC-V Instruction Set Manual, volume I (unprivileged, 20240411) and
 * volume II (privileged, 20240411).
 */
@NullMarked
package org.javisor.riscv.isa;

import org.jspecify.annotations.NullMarked;
