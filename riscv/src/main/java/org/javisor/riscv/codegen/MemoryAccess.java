package org.javisor.riscv.codegen;

import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.codegen.OperandAccess.Field;
import org.javisor.riscv.hart.SoftTlb;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.RegisterFile;
import org.javisor.riscv.isa.Shape;

/**
 * Emits loads and stores that the soft TLB answers, as {@link SoftTlb} describes; what it does not
 * answer is left to whoever called the emitted method.
 *
 * <p>A call of the slow path in place would cost every instruction, even if it is never made: the
 * JVM's compiler keeps nothing in a register over a call, and moves work that is only needed for
 * one into the loop around it (measured: units 1.3 to 1.7 times as fast without).
 *
 * @param code where to
 * @param operands of the instruction
 * @param address local variable for the virtual address, a long
 * @param entry local variable for its entry in the soft TLB, a long
 */
public record MemoryAccess(CodeBuilder code, OperandAccess operands, int address, int entry) {
  private static final ClassDesc RAW_MEMORY = MeaningCalls.desc(RawMemory.class);

  /** The upper half of a NaN-boxed single. */
  private static final long BOX = -1L << 32;

  /** Whether an instruction is one of these. */
  public static boolean handles(Instruction row) {
    return switch (row.shape()) {
      case LOAD, STORE, FLOAD, FSTORE -> true;
      default -> false;
    };
  }

  /**
   * Emits one; whether floating point is in use is the caller's business.
   *
   * @param miss where to go, with an empty stack and nothing done, if the soft TLB has no answer
   */
  public void emit(Instruction row, Label miss) {
    operands.pushInteger(code, Field.RS1);
    operands.pushImmediate(code);
    code.ladd().lstore(address);
    if (row.shape() == Shape.LOAD || row.shape() == Shape.FLOAD) {
      lookUp(SoftTlb.READ_TAG, size(row), miss);
      load(row);
    } else {
      lookUp(SoftTlb.WRITE_TAG, size(row), miss);
      store(row);
    }
  }

  private static int size(Instruction row) {
    return switch (row) {
      case LB, LBU, SB -> 1;
      case LH, LHU, SH -> 2;
      case LW, LWU, SW, FLW, FSW -> 4;
      case LD, SD, FLD, FSD -> 8;
      default -> throw new IllegalArgumentException(row.name());
    };
  }

  private void lookUp(int tag, int size, Label miss) {
    operands.pushTlbTable(code);
    code.lload(address)
        .loadConstant(SoftTlb.INDEX_SHIFT)
        .lushr()
        .loadConstant((long) SoftTlb.INDEX_MASK)
        .land()
        .ladd()
        .dup2()
        .lstore(entry);
    if (tag != 0) {
      code.loadConstant((long) tag).ladd();
    }
    get("getLong", CD_long);
    code.lload(address).loadConstant(SoftTlb.TAG_MASK | size - 1).land().lcmp().ifne(miss);
  }

  private void pushMachineAddress() {
    code.lload(entry).loadConstant((long) SoftTlb.ADDEND).ladd();
    get("getLong", CD_long);
    code.lload(address).ladd();
  }

  private void load(Instruction row) {
    boolean toFloat = row.shape().destination() == RegisterFile.FLOAT;
    if (toFloat) {
      operands.prepareFloat(code);
    } else {
      operands.prepareInteger(code);
    }
    pushMachineAddress();
    switch (row) {
      case LB -> getInt("getByte", CD_byte);
      case LBU -> {
        get("getByte", CD_byte);
        code.loadConstant(0xff).iand().i2l();
      }
      case LH -> getInt("getShort", CD_short);
      case LHU -> {
        get("getShort", CD_short);
        code.loadConstant(0xffff).iand().i2l();
      }
      case LW -> getInt("getInt", CD_int);
      case LWU -> {
        getInt("getInt", CD_int);
        code.loadConstant(0xffff_ffffL).land();
      }
      case FLW -> {
        getInt("getInt", CD_int);
        code.loadConstant(BOX).lor();
      }
      default -> get("getLong", CD_long);
    }
    if (toFloat) {
      operands.finishFloat(code);
    } else {
      operands.finishInteger(code);
    }
  }

  private void store(Instruction row) {
    pushMachineAddress();
    if (row.shape() == Shape.FSTORE) {
      operands.pushFloat(code, Field.RS2);
    } else {
      operands.pushInteger(code, Field.RS2);
    }
    switch (size(row)) {
      case 1 -> {
        code.l2i().i2b();
        put("putByte", CD_byte);
      }
      case 2 -> {
        code.l2i().i2s();
        put("putShort", CD_short);
      }
      case 4 -> {
        code.l2i();
        put("putInt", CD_int);
      }
      default -> put("putLong", CD_long);
    }
  }

  private void getInt(String name, ClassDesc type) {
    get(name, type);
    code.i2l();
  }

  private void get(String name, ClassDesc type) {
    code.invokestatic(RAW_MEMORY, name, MethodTypeDesc.of(type, CD_long));
  }

  private void put(String name, ClassDesc type) {
    code.invokestatic(RAW_MEMORY, name, MethodTypeDesc.of(CD_void, CD_long, type));
  }
}
