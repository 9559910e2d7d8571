package org.javisor.riscv.oracle;

import static org.javisor.riscv.isa.Register.SP;
import static org.javisor.riscv.isa.Register.ZERO;

import java.util.List;
import org.javisor.riscv.isa.Assembler;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Disassembler;
import org.javisor.riscv.isa.Instruction;

/**
 * A random piece of code and the registers it starts with.
 *
 * @param seed what it was made from
 * @param registers in the order of {@link Layout#registerName}
 * @param stackOffset of x2 from the window's center; code never writes x2
 * @param pattern the number of the memory contents it starts with
 * @param repetitions how often the code is executed, at least once
 * @param counter the register that the code that counts them uses
 */
record Sequence(
    long seed,
    List<Long> registers,
    int stackOffset,
    int pattern,
    int repetitions,
    int counter,
    List<Unit> units) {

  /** The first units only; jumps beyond them go to the end. */
  Sequence prefix(int length) {
    return new Sequence(
        seed, registers, stackOffset, pattern, repetitions, counter, units.subList(0, length));
  }

  /** Whether there is a store-conditional, which fails after a trap. */
  boolean reserves() {
    return units.stream()
        .filter(unit -> unit instanceof Unit.Straight)
        .flatMap(unit -> unit.encodings(0).stream())
        .map(encoding -> Decoded.instruction(Decoder.decode(encoding)))
        .anyMatch(row -> row == Instruction.SC_W || row == Instruction.SC_D);
  }

  void emit(Assembler out) {
    long start = out.here();
    Unit.emit(units, out);
    int remaining = (int) (Layout.REPETITIONS - Layout.WINDOW_CENTER) - stackOffset;
    out.emit(Instruction.LD, counter, remaining, SP).emit(Instruction.ADDI, counter, counter, -1);
    out.emit(Instruction.SD, counter, remaining, SP);
    out.emit(Instruction.BNE, counter, ZERO, (int) (start - out.here()));
  }

  /** The code as text, and the registers before it. */
  String describe() {
    var code = new Assembler(Layout.CODE);
    emit(code);
    var text = new StringBuilder(Disassembler.listing(code.bytes(), Layout.CODE));
    for (int i = 0; i < Layout.REGISTERS; i++) {
      text.append(String.format("%5s=%016x", Layout.registerName(i), registers.get(i)));
      text.append(i % 4 == 3 ? "\n" : "");
    }
    return text.toString();
  }
}
