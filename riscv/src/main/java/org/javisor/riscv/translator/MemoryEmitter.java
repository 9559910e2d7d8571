package org.javisor.riscv.translator;

import static java.lang.constant.ConstantDescs.CD_Double;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.hart.SoftTlb;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Instruction;

/**
 * Emits loads and stores that the soft TLB answers, as {@link SoftTlb} describes; what it does not
 * answer leaves the unit.
 *
 * <p>A call of the slow path in the middle of a unit, even if it is never made, would cost every
 * loop: the JVM's compiler keeps no register over a call, and moves work that is only needed for
 * one into the loop (measured: 2 to 3 times on SHA-256).
 */
final class MemoryEmitter {
  private static final ClassDesc RAW_MEMORY = MeaningCalls.desc(RawMemory.class);

  /** The upper half of a NaN-boxed single. */
  private static final long BOX = -1L << 32;

  private final CodeBuilder code;

  MemoryEmitter(CodeBuilder code) {
    this.code = code;
  }

  /** Whether an instruction is one of these. */
  static boolean handles(Instruction row) {
    return switch (row.shape()) {
      case LOAD, STORE, FLOAD, FSTORE -> true;
      default -> false;
    };
  }

  /**
   * Emits one.
   *
   * @param miss where to go, with an empty stack and nothing done, if the soft TLB has no answer
   */
  void emit(long decoded, Label miss) {
    Instruction row = Decoded.instruction(decoded);
    LocalAccess.pushInteger(code, Decoded.rs1(decoded));
    long immediate = Decoded.immediate(decoded);
    if (immediate != 0) {
      code.loadConstant(immediate).ladd();
    }
    code.lstore(LocalAccess.ADDRESS);
    switch (row.shape()) {
      case LOAD, FLOAD -> {
        lookUp(SoftTlb.READ_TAG, size(row), miss);
        load(row, decoded);
      }
      default -> {
        lookUp(SoftTlb.WRITE_TAG, size(row), miss);
        store(row, decoded);
      }
    }
  }

  private static int size(Instruction row) {
    return switch (row) {
      case LB, LBU, SB -> 1;
      case LH, LHU, SH -> 2;
      case LW, LWU, SW, FLW, FSW -> 4;
      default -> 8;
    };
  }

  private void lookUp(int tag, int size, Label miss) {
    code.lload(LocalAccess.TLB)
        .lload(LocalAccess.ADDRESS)
        .loadConstant(SoftTlb.INDEX_SHIFT)
        .lushr()
        .loadConstant((long) SoftTlb.INDEX_MASK)
        .land()
        .ladd()
        .dup2()
        .lstore(LocalAccess.ENTRY);
    if (tag != 0) {
      code.loadConstant((long) tag).ladd();
    }
    get("getLong", CD_long);
    code.lload(LocalAccess.ADDRESS)
        .loadConstant(SoftTlb.TAG_MASK | size - 1)
        .land()
        .lcmp()
        .ifne(miss);
    code.lload(LocalAccess.ENTRY).loadConstant((long) SoftTlb.ADDEND).ladd();
    get("getLong", CD_long);
    code.lload(LocalAccess.ADDRESS).ladd();
  }

  private void load(Instruction row, long decoded) {
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
    if (row == Instruction.FLW || row == Instruction.FLD) {
      code.invokestatic(CD_Double, "longBitsToDouble", MethodTypeDesc.of(CD_double, CD_long))
          .dstore(LocalAccess.local(32 + Decoded.rd(decoded)));
    } else if (Decoded.rd(decoded) == Decoded.SINK) {
      code.pop2();
    } else {
      code.lstore(LocalAccess.local(Decoded.rd(decoded)));
    }
  }

  private void store(Instruction row, long decoded) {
    if (row == Instruction.FSW || row == Instruction.FSD) {
      code.dload(LocalAccess.local(32 + Decoded.rs2(decoded)))
          .invokestatic(CD_Double, "doubleToRawLongBits", MethodTypeDesc.of(CD_long, CD_double));
    } else {
      LocalAccess.pushInteger(code, Decoded.rs2(decoded));
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
