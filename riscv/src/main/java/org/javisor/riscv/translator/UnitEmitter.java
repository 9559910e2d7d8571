package org.javisor.riscv.translator;

import static java.lang.constant.ConstantDescs.CD_Double;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.codegen.MemoryAccess;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Unit;
import org.javisor.riscv.interpreter.Interpreter;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Format;
import org.javisor.riscv.isa.Instruction;

/**
 * Emits {@link Unit#run} for a region.
 *
 * <pre>
 * entry    registers the region uses: register file -> locals
 * blocks   meanings on locals; back edges and calls look at the hart's attention word
 *          a call writes dirty registers back, runs the callee's unit, compares where it came back
 *          to with the return address, and loads the registers anew
 * exits    dirty registers: locals -> register file; the address where the guest goes on
 * misses   an exit as well, on which the load or store is carried out
 * traps    one handler: delivers the trap, then is an exit with all that may be dirty anywhere
 * </pre>
 *
 * <p>So a trap, a longjmp, a context switch or an interrupt in a callee only means that another
 * address comes back, which goes down the stack of units to the dispatcher.
 */
final class UnitEmitter {
  private static final ClassDesc HART = MeaningCalls.HART;
  private static final ClassDesc UNIT = MeaningCalls.desc(Unit.class);
  private static final ClassDesc INTERPRETER = MeaningCalls.desc(Interpreter.class);
  private static final ClassDesc CALLS = MeaningCalls.desc(Calls.class);

  static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_long, HART, CD_long, CD_int);
  private static final MethodTypeDesc GET_INT = MethodTypeDesc.of(CD_int);
  private static final MethodTypeDesc COUNTED = MethodTypeDesc.of(CD_int, CD_int);
  private static final MethodTypeDesc GET_LONG = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc SET_LONG = MethodTypeDesc.of(CD_void, CD_long);
  private static final MethodTypeDesc TO_BITS = MethodTypeDesc.of(CD_long, CD_double);
  private static final MethodTypeDesc FROM_BITS = MethodTypeDesc.of(CD_double, CD_long);

  /** Of {@link LocalAccess#WHERE}: the offset above, the number in the block below. */
  private static final int NUMBER_BITS = 10;

  private static final long ALL_FLOATS = -1L << 32;

  private final CodeBuilder code;
  private final Region region;
  private final boolean counts;
  private final DirtyRegisters dirty;
  private final long used;
  private final LocalAccess operands = new LocalAccess();
  private final Map<Integer, Label> starts = new HashMap<>();
  private final Map<Exit, Label> exits = new LinkedHashMap<>();

  /** By the set of registers to write back; expects {@link LocalAccess#NEXT}. */
  private final Map<Long, Label> ways = new LinkedHashMap<>();

  private final Map<Miss, Label> misses = new LinkedHashMap<>();

  /** As {@link #ways}; expects what was missed in {@link LocalAccess#ADDRESS} as well. */
  private final Map<Long, Label> missWays = new LinkedHashMap<>();

  private final MemoryAccess memory;
  private final WordRegisters wordRegisters;
  private final WordEmitter wordEmitter;

  /** The registers that hold words where code is being emitted. */
  private long words;

  private final Label handler;
  private boolean mayTrap;

  /** Leaving the region for an offset with dirty registers. */
  private record Exit(int offset, long dirty) {}

  /** A load or store without an answer, and how many instructions of its block come before it. */
  private record Miss(int offset, long decoded, int before, long dirty) {}

  /**
   * An emitter.
   *
   * @param counts whether the unit also leaves where a turn of the hart is to end
   */
  UnitEmitter(CodeBuilder code, Region region, boolean counts) {
    this.code = code;
    this.region = region;
    this.counts = counts;
    this.dirty = new DirtyRegisters(region);
    this.used = dirty.used();
    this.memory = new MemoryAccess(code, operands, LocalAccess.ADDRESS, LocalAccess.ENTRY);
    this.wordRegisters = new WordRegisters(region);
    this.wordEmitter = new WordEmitter(code);
    this.handler = code.newLabel();
  }

  void emit() {
    region.blocks().keySet().forEach(start -> starts.put(start, code.newLabel()));
    emitEntry();
    for (Block block : region.blocks().values()) {
      emitBlock(block);
    }
    exits.forEach(
        (exit, label) -> {
          code.labelBinding(label);
          LocalAccess.pushAddress(code, exit.offset());
          code.lstore(LocalAccess.NEXT).goto_(way(exit.dirty()));
        });
    if (mayTrap) {
      emitHandler();
    }
    emitMisses();
    ways.forEach(
        (set, label) -> {
          code.labelBinding(label);
          writeBack(set);
          retire();
          code.lload(LocalAccess.NEXT).lreturn();
        });
  }

  private void emitEntry() {
    Label real = code.newLabel();
    code.iload(LocalAccess.DEPTH).ifge(real).lload(LocalAccess.PC).lreturn().labelBinding(real);
    code.aload(LocalAccess.HART)
        .invokevirtual(HART, "registers", MethodTypeDesc.of(CD_long.arrayType()))
        .astore(LocalAccess.REGISTERS);
    code.lload(LocalAccess.PC).loadConstant((long) region.entry()).lsub().lstore(LocalAccess.BASE);
    code.iconst_0().istore(LocalAccess.COUNT);
    code.iconst_0().istore(LocalAccess.WHERE);
    if ((used & ALL_FLOATS) != 0) {
      code.aload(LocalAccess.HART)
          .invokevirtual(HART, "floats", MethodTypeDesc.of(MeaningCalls.FLOAT_ENVIRONMENT))
          .astore(LocalAccess.FLOATS);
    }
    loadTlbTable();
    load(used);
    code.goto_(label(region.entry()));
  }

  private void emitBlock(Block block) {
    code.labelBinding(label(block.start()));
    operands.forgetFloats();
    Label begin = code.newBoundLabel();
    boolean traps = false;
    int number = 0;
    int counted = 0;
    words = wordRegisters.atStart(block);
    for (Block.Step step : block.steps()) {
      long before = words;
      words = WordRegisters.after(before, step.decoded());
      operands.at(step);
      Instruction row = Decoded.instruction(step.decoded());
      if (MemoryAccess.handles(row)) {
        Miss miss = new Miss(step.offset(), step.decoded(), number - counted, dirty.atEnd(block));
        Label label = misses.computeIfAbsent(miss, key -> code.newLabel());
        operands.checkFloats(code, row, label);
        memory.emit(row, label);
        number++;
        continue;
      }
      if (DirtyRegisters.mayTrap(row)) {
        traps = true;
        code.loadConstant(step.offset() << NUMBER_BITS | number - counted)
            .istore(LocalAccess.WHERE);
      }
      number++;
      switch (row.shape()) {
        case BRANCH, JAL, JALR -> {}
        case CSR -> {
          emitControl(block, step, number - 1 - counted);
          counted = number;
        }
        case SYSTEM -> {
          code.aload(LocalAccess.HART).loadConstant(step.decoded());
          MeaningCalls.call(code, row);
        }
        default -> {
          if (!wordEmitter.emit(step.decoded(), before)) {
            MeaningCalls.straight(code, row, operands);
          }
        }
      }
    }
    if (number != counted) {
      code.iinc(LocalAccess.COUNT, number - counted);
    }
    if (traps) {
      mayTrap = true;
      code.exceptionCatch(begin, code.newBoundLabel(), handler, MeaningCalls.TRAP);
    }
    emitEnding(block);
  }

  /** A control and status register: through the hart, whose pc and counters are right then. */
  private void emitControl(Block block, Block.Step step, int before) {
    int rs1 = Decoded.rs1(step.decoded());
    int rd = Decoded.rd(step.decoded());
    code.iinc(LocalAccess.COUNT, before);
    retire();
    code.iconst_0().istore(LocalAccess.COUNT);
    // Nothing is left to count if the access traps.
    code.loadConstant(step.offset() << NUMBER_BITS).istore(LocalAccess.WHERE);
    code.aload(LocalAccess.HART);
    LocalAccess.pushAddress(code, step.offset());
    code.invokevirtual(HART, "setPc", SET_LONG);
    if (rs1 != 0 && Decoded.instruction(step.decoded()).format() == Format.CSR) {
      store(rs1);
    }
    code.aload(LocalAccess.HART).loadConstant(step.decoded());
    MeaningCalls.call(code, Decoded.instruction(step.decoded()));
    code.iconst_1().istore(LocalAccess.COUNT);
    if (rd != Decoded.SINK) {
      load(1L << rd);
    }
    operands.forgetFloats();
    loadTlbTable();
    // An interrupt may have become possible.
    leaveIfAsked(new Exit(step.offset() + Decoded.length(step.decoded()), dirty.atEnd(block)));
  }

  private void emitEnding(Block block) {
    long set = dirty.atEnd(block);
    switch (block.ending()) {
      case Ending.Fall(int to) -> go(block, to, set);
      case Ending.Leave(int at) -> code.goto_(exit(new Exit(at, set)));
      case Ending.Jump(int to) -> {
        link(block);
        go(block, to, set);
      }
      case Ending.Branch(int taken, int fall) -> {
        Block.Step step = block.steps().getLast();
        operands.at(step);
        Label not = code.newLabel();
        if (!wordEmitter.branchUnless(step.decoded(), words, not)) {
          MeaningCalls.branchUnless(
              code, Decoded.instruction(step.decoded()), operands, LocalAccess.SCRATCH, not);
        }
        go(block, taken, set);
        code.labelBinding(not);
        go(block, fall, set);
      }
      case Ending.IndirectJump _ -> {
        pushIndirectTarget(block);
        code.lstore(LocalAccess.NEXT);
        link(block);
        code.goto_(way(set));
      }
      case Ending.Call(int to, int back) -> {
        link(block);
        LocalAccess.pushAddress(code, to);
        code.lstore(LocalAccess.NEXT);
        emitCall(back, set);
      }
      case Ending.IndirectCall(int back) -> {
        pushIndirectTarget(block);
        code.lstore(LocalAccess.NEXT);
        link(block);
        emitCall(back, set);
      }
    }
  }

  /** A jump leaves the address behind it in its rd, if it has one. */
  private void link(Block block) {
    Block.Step jump = block.steps().getLast();
    int rd = Decoded.rd(jump.decoded());
    if (rd != Decoded.SINK) {
      LocalAccess.pushAddress(code, jump.offset() + Decoded.length(jump.decoded()));
      code.lstore(LocalAccess.local(rd));
    }
  }

  private void pushIndirectTarget(Block block) {
    long decoded = block.steps().getLast().decoded();
    LocalAccess.pushInteger(code, Decoded.rs1(decoded));
    long immediate = Decoded.immediate(decoded);
    if (immediate != 0) {
      code.loadConstant(immediate).ladd();
    }
    code.loadConstant(-2L).land();
  }

  /** Goes on at an offset, in the region if it is there. */
  private void go(Block from, int to, long set) {
    if (!region.contains(to)) {
      code.goto_(exit(new Exit(to, set)));
      return;
    }
    if (to <= from.start()) {
      leaveIfAsked(new Exit(to, set));
    }
    code.goto_(label(to));
  }

  private void leaveIfAsked(Exit exit) {
    pushAttention();
    code.ifne(exit(exit));
  }

  private void pushAttention() {
    code.aload(LocalAccess.HART);
    if (counts) {
      code.iload(LocalAccess.COUNT).invokevirtual(HART, "attention", COUNTED);
    } else {
      code.invokevirtual(HART, "attention", GET_INT);
    }
  }

  /** Calls the unit at {@link LocalAccess#NEXT}; registers are dirty, the link is written. */
  private void emitCall(int back, long set) {
    if (!region.contains(back)) {
      code.goto_(way(set));
      return;
    }
    Label out = code.newLabel();
    Label returned = code.newLabel();
    writeBack(set);
    retire();
    code.iconst_0().istore(LocalAccess.COUNT);
    code.iload(LocalAccess.DEPTH).loadConstant(Calls.MAX_DEPTH).if_icmpge(out);
    // A tree of calls may take minutes without a back edge.
    pushAttention();
    code.ifne(out);
    code.aload(LocalAccess.HART)
        .lload(LocalAccess.NEXT)
        .invokevirtual(HART, "unit", MethodTypeDesc.of(UNIT, CD_long))
        .astore(LocalAccess.UNIT);
    code.aload(LocalAccess.UNIT).ifnull(out);
    code.aload(LocalAccess.UNIT)
        .aload(LocalAccess.HART)
        .lload(LocalAccess.NEXT)
        .iload(LocalAccess.DEPTH)
        .iconst_1()
        .iadd()
        .invokevirtual(UNIT, "run", RUN)
        .lstore(LocalAccess.NEXT);
    code.lload(LocalAccess.NEXT);
    LocalAccess.pushAddress(code, back);
    code.lcmp().ifeq(returned);
    code.aload(LocalAccess.HART).lload(LocalAccess.NEXT);
    LocalAccess.pushAddress(code, back);
    code.iload(LocalAccess.DEPTH)
        .invokestatic(CALLS, "resume", MethodTypeDesc.of(CD_long, HART, CD_long, CD_long, CD_int))
        .lstore(LocalAccess.NEXT);
    code.lload(LocalAccess.NEXT);
    LocalAccess.pushAddress(code, back);
    code.lcmp().ifne(out);
    code.labelBinding(returned);
    loadTlbTable();
    load(used);
    code.goto_(label(back));
    code.labelBinding(out);
    code.lload(LocalAccess.NEXT).lreturn();
  }

  private void emitMisses() {
    misses.forEach(
        (miss, label) -> {
          code.labelBinding(label);
          LocalAccess.pushAddress(code, miss.offset());
          code.lstore(LocalAccess.NEXT).iinc(LocalAccess.COUNT, miss.before());
          code.loadConstant(miss.decoded()).lstore(LocalAccess.ADDRESS);
          code.goto_(missWays.computeIfAbsent(miss.dirty(), key -> code.newLabel()));
        });
    missWays.forEach(
        (set, label) -> {
          code.labelBinding(label);
          writeBack(set);
          retire();
          code.aload(LocalAccess.HART)
              .lload(LocalAccess.NEXT)
              .lload(LocalAccess.ADDRESS)
              .invokestatic(
                  INTERPRETER, "access", MethodTypeDesc.of(CD_long, HART, CD_long, CD_long))
              .lreturn();
        });
  }

  private void emitHandler() {
    code.labelBinding(handler);
    code.astore(LocalAccess.RAISED);
    code.aload(LocalAccess.HART);
    code.iload(LocalAccess.WHERE).loadConstant(NUMBER_BITS).ishr().i2l();
    code.lload(LocalAccess.BASE).ladd().invokevirtual(HART, "setPc", SET_LONG);
    code.iload(LocalAccess.COUNT)
        .iload(LocalAccess.WHERE)
        .loadConstant((1 << NUMBER_BITS) - 1)
        .iand()
        .iadd()
        .istore(LocalAccess.COUNT);
    code.aload(LocalAccess.HART)
        .aload(LocalAccess.RAISED)
        .invokevirtual(HART, "raise", MethodTypeDesc.of(CD_void, MeaningCalls.TRAP));
    code.aload(LocalAccess.HART)
        .invokevirtual(HART, "pc", GET_LONG)
        .lstore(LocalAccess.NEXT)
        .goto_(way(dirty.atAnyEnd()));
  }

  private void retire() {
    code.aload(LocalAccess.HART)
        .iload(LocalAccess.COUNT)
        .i2l()
        .invokevirtual(HART, "retire", SET_LONG);
  }

  private void loadTlbTable() {
    code.aload(LocalAccess.HART).invokevirtual(HART, "tlbTable", GET_LONG).lstore(LocalAccess.TLB);
  }

  private void load(long set) {
    for (int register = 1; register < 64; register++) {
      if ((set >>> register & 1) != 0) {
        pushPlace(register);
        code.laload();
        if (register < 32) {
          code.lstore(LocalAccess.local(register));
        } else {
          code.invokestatic(CD_Double, "longBitsToDouble", FROM_BITS)
              .dstore(LocalAccess.local(register));
        }
      }
    }
  }

  private void writeBack(long set) {
    for (int register = 1; register < 64; register++) {
      if ((set >>> register & 1) != 0) {
        store(register);
      }
    }
  }

  private void store(int register) {
    pushPlace(register);
    if (register < 32) {
      code.lload(LocalAccess.local(register));
    } else {
      code.dload(LocalAccess.local(register))
          .invokestatic(CD_Double, "doubleToRawLongBits", TO_BITS);
    }
    code.lastore();
  }

  private void pushPlace(int register) {
    int index = (register & 31) + (register < 32 ? 0 : Hart.FLOAT_REGISTERS);
    code.aload(LocalAccess.REGISTERS).loadConstant(index);
  }

  private Label label(int offset) {
    Label label = starts.get(offset);
    if (label == null) {
      throw new IllegalArgumentException("no block at " + offset);
    }
    return label;
  }

  private Label exit(Exit exit) {
    return exits.computeIfAbsent(exit, key -> code.newLabel());
  }

  private Label way(long set) {
    return ways.computeIfAbsent(set, key -> code.newLabel());
  }
}
