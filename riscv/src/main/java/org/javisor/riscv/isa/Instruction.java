package org.javisor.riscv.isa;

import static org.javisor.riscv.isa.Shape.ALU_PC;
import static org.javisor.riscv.isa.Shape.ALU_R;
import static org.javisor.riscv.isa.Shape.ALU_RI;
import static org.javisor.riscv.isa.Shape.ALU_RR;
import static org.javisor.riscv.isa.Shape.AMO;
import static org.javisor.riscv.isa.Shape.BRANCH;
import static org.javisor.riscv.isa.Shape.CSR;
import static org.javisor.riscv.isa.Shape.FLOAD;
import static org.javisor.riscv.isa.Shape.FSTORE;
import static org.javisor.riscv.isa.Shape.F_F;
import static org.javisor.riscv.isa.Shape.F_FF;
import static org.javisor.riscv.isa.Shape.F_FFF;
import static org.javisor.riscv.isa.Shape.F_X;
import static org.javisor.riscv.isa.Shape.LOAD;
import static org.javisor.riscv.isa.Shape.PSEUDO;
import static org.javisor.riscv.isa.Shape.STORE;
import static org.javisor.riscv.isa.Shape.SYSTEM;
import static org.javisor.riscv.isa.Shape.X_F;
import static org.javisor.riscv.isa.Shape.X_FF;

import java.util.Locale;

/**
 * The instruction table: every instruction the hart executes, once. Interpreter, translator,
 * decoder, assembler and disassembler are all made from these rows.
 *
 * <p>The name of a row is its mnemonic in capitals with {@code '_'} for {@code '.'}; in small
 * letters it is the name of the static method of its meaning. The bit pattern is written from bit
 * 31 down to bit 0 as in the manual's listing of instructions (volume I chapter 35): {@code 0} and
 * {@code 1} are fixed, a dot belongs to an operand, spaces part the fields.
 *
 * <p>The ordinal of a row is the opcode number in {@linkplain Decoded decoded instructions}. It is
 * no wire format: it may change from build to build.
 */
public enum Instruction {
  /** Ordinal 0, so that an empty decode cache is all zeros: look at memory and decode. */
  UNDECODED("", Format.NONE, PSEUDO, Extension.I),
  /** An encoding that is reserved, or of an extension that the hart does not have. */
  ILLEGAL("", Format.NONE, PSEUDO, Extension.I),
  /** A place in the decode cache where a unit of translation begins: leave the interpreter. */
  TRANSLATED("", Format.NONE, PSEUDO, Extension.I),

  // RV64I.
  LUI(".................... ..... 0110111", Format.U, ALU_PC, Extension.I),
  AUIPC(".................... ..... 0010111", Format.U, ALU_PC, Extension.I),
  JAL(".................... ..... 1101111", Format.J, Shape.JAL, Extension.I),
  JALR("............ ..... 000 ..... 1100111", Format.I, Shape.JALR, Extension.I),
  BEQ("....... ..... ..... 000 ..... 1100011", Format.B, BRANCH, Extension.I),
  BNE("....... ..... ..... 001 ..... 1100011", Format.B, BRANCH, Extension.I),
  BLT("....... ..... ..... 100 ..... 1100011", Format.B, BRANCH, Extension.I),
  BGE("....... ..... ..... 101 ..... 1100011", Format.B, BRANCH, Extension.I),
  BLTU("....... ..... ..... 110 ..... 1100011", Format.B, BRANCH, Extension.I),
  BGEU("....... ..... ..... 111 ..... 1100011", Format.B, BRANCH, Extension.I),
  LB("............ ..... 000 ..... 0000011", Format.I, LOAD, Extension.I),
  LH("............ ..... 001 ..... 0000011", Format.I, LOAD, Extension.I),
  LW("............ ..... 010 ..... 0000011", Format.I, LOAD, Extension.I),
  LD("............ ..... 011 ..... 0000011", Format.I, LOAD, Extension.I),
  LBU("............ ..... 100 ..... 0000011", Format.I, LOAD, Extension.I),
  LHU("............ ..... 101 ..... 0000011", Format.I, LOAD, Extension.I),
  LWU("............ ..... 110 ..... 0000011", Format.I, LOAD, Extension.I),
  SB("....... ..... ..... 000 ..... 0100011", Format.S, STORE, Extension.I),
  SH("....... ..... ..... 001 ..... 0100011", Format.S, STORE, Extension.I),
  SW("....... ..... ..... 010 ..... 0100011", Format.S, STORE, Extension.I),
  SD("....... ..... ..... 011 ..... 0100011", Format.S, STORE, Extension.I),
  ADDI("............ ..... 000 ..... 0010011", Format.I, ALU_RI, Extension.I),
  SLTI("............ ..... 010 ..... 0010011", Format.I, ALU_RI, Extension.I),
  SLTIU("............ ..... 011 ..... 0010011", Format.I, ALU_RI, Extension.I),
  XORI("............ ..... 100 ..... 0010011", Format.I, ALU_RI, Extension.I),
  ORI("............ ..... 110 ..... 0010011", Format.I, ALU_RI, Extension.I),
  ANDI("............ ..... 111 ..... 0010011", Format.I, ALU_RI, Extension.I),
  SLLI("000000 ...... ..... 001 ..... 0010011", Format.SHIFT, ALU_RI, Extension.I),
  SRLI("000000 ...... ..... 101 ..... 0010011", Format.SHIFT, ALU_RI, Extension.I),
  SRAI("010000 ...... ..... 101 ..... 0010011", Format.SHIFT, ALU_RI, Extension.I),
  ADD("0000000 ..... ..... 000 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SUB("0100000 ..... ..... 000 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SLL("0000000 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SLT("0000000 ..... ..... 010 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SLTU("0000000 ..... ..... 011 ..... 0110011", Format.R, ALU_RR, Extension.I),
  XOR("0000000 ..... ..... 100 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SRL("0000000 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.I),
  SRA("0100000 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.I),
  OR("0000000 ..... ..... 110 ..... 0110011", Format.R, ALU_RR, Extension.I),
  AND("0000000 ..... ..... 111 ..... 0110011", Format.R, ALU_RR, Extension.I),
  ADDIW("............ ..... 000 ..... 0011011", Format.I, ALU_RI, Extension.I),
  SLLIW("0000000 ..... ..... 001 ..... 0011011", Format.SHIFT, ALU_RI, Extension.I),
  SRLIW("0000000 ..... ..... 101 ..... 0011011", Format.SHIFT, ALU_RI, Extension.I),
  SRAIW("0100000 ..... ..... 101 ..... 0011011", Format.SHIFT, ALU_RI, Extension.I),
  ADDW("0000000 ..... ..... 000 ..... 0111011", Format.R, ALU_RR, Extension.I),
  SUBW("0100000 ..... ..... 000 ..... 0111011", Format.R, ALU_RR, Extension.I),
  SLLW("0000000 ..... ..... 001 ..... 0111011", Format.R, ALU_RR, Extension.I),
  SRLW("0000000 ..... ..... 101 ..... 0111011", Format.R, ALU_RR, Extension.I),
  SRAW("0100000 ..... ..... 101 ..... 0111011", Format.R, ALU_RR, Extension.I),
  FENCE("............ ..... 000 ..... 0001111", Format.FENCE, SYSTEM, Extension.I),
  ECALL("000000000000 00000 000 00000 1110011", Format.NONE, SYSTEM, Extension.I),
  EBREAK("000000000001 00000 000 00000 1110011", Format.NONE, SYSTEM, Extension.I),

  // Zifencei: unused fields are reserved for finer fences and must be ignored.
  FENCE_I("............ ..... 001 ..... 0001111", Format.NONE, SYSTEM, Extension.ZIFENCEI),

  // Zicsr.
  CSRRW("............ ..... 001 ..... 1110011", Format.CSR, CSR, Extension.ZICSR),
  CSRRS("............ ..... 010 ..... 1110011", Format.CSR, CSR, Extension.ZICSR),
  CSRRC("............ ..... 011 ..... 1110011", Format.CSR, CSR, Extension.ZICSR),
  CSRRWI("............ ..... 101 ..... 1110011", Format.CSRI, CSR, Extension.ZICSR),
  CSRRSI("............ ..... 110 ..... 1110011", Format.CSRI, CSR, Extension.ZICSR),
  CSRRCI("............ ..... 111 ..... 1110011", Format.CSRI, CSR, Extension.ZICSR),

  // Privileged: what S and U mode can execute; mret does not exist without M mode.
  SRET("000100000010 00000 000 00000 1110011", Format.NONE, SYSTEM, Extension.S),
  WFI("000100000101 00000 000 00000 1110011", Format.NONE, SYSTEM, Extension.S),
  SFENCE_VMA("0001001 ..... ..... 000 00000 1110011", Format.R, SYSTEM, Extension.S),

  // M.
  MUL("0000001 ..... ..... 000 ..... 0110011", Format.R, ALU_RR, Extension.M),
  MULH("0000001 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.M),
  MULHSU("0000001 ..... ..... 010 ..... 0110011", Format.R, ALU_RR, Extension.M),
  MULHU("0000001 ..... ..... 011 ..... 0110011", Format.R, ALU_RR, Extension.M),
  DIV("0000001 ..... ..... 100 ..... 0110011", Format.R, ALU_RR, Extension.M),
  DIVU("0000001 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.M),
  REM("0000001 ..... ..... 110 ..... 0110011", Format.R, ALU_RR, Extension.M),
  REMU("0000001 ..... ..... 111 ..... 0110011", Format.R, ALU_RR, Extension.M),
  MULW("0000001 ..... ..... 000 ..... 0111011", Format.R, ALU_RR, Extension.M),
  DIVW("0000001 ..... ..... 100 ..... 0111011", Format.R, ALU_RR, Extension.M),
  DIVUW("0000001 ..... ..... 101 ..... 0111011", Format.R, ALU_RR, Extension.M),
  REMW("0000001 ..... ..... 110 ..... 0111011", Format.R, ALU_RR, Extension.M),
  REMUW("0000001 ..... ..... 111 ..... 0111011", Format.R, ALU_RR, Extension.M),

  // A: the two open bits of the first field are acquire and release.
  LR_W("00010.. 00000 ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  SC_W("00011.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOSWAP_W("00001.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOADD_W("00000.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOXOR_W("00100.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOAND_W("01100.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOOR_W("01000.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMIN_W("10000.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMAX_W("10100.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMINU_W("11000.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMAXU_W("11100.. ..... ..... 010 ..... 0101111", Format.AMO, AMO, Extension.A),
  LR_D("00010.. 00000 ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  SC_D("00011.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOSWAP_D("00001.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOADD_D("00000.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOXOR_D("00100.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOAND_D("01100.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOOR_D("01000.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMIN_D("10000.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMAX_D("10100.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMINU_D("11000.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),
  AMOMAXU_D("11100.. ..... ..... 011 ..... 0101111", Format.AMO, AMO, Extension.A),

  // F: an open third field is the rounding mode.
  FLW("............ ..... 010 ..... 0000111", Format.I, FLOAD, Extension.F),
  FSW("....... ..... ..... 010 ..... 0100111", Format.S, FSTORE, Extension.F),
  FMADD_S(".....00 ..... ..... ... ..... 1000011", Format.R4, F_FFF, Extension.F),
  FMSUB_S(".....00 ..... ..... ... ..... 1000111", Format.R4, F_FFF, Extension.F),
  FNMSUB_S(".....00 ..... ..... ... ..... 1001011", Format.R4, F_FFF, Extension.F),
  FNMADD_S(".....00 ..... ..... ... ..... 1001111", Format.R4, F_FFF, Extension.F),
  FADD_S("0000000 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.F),
  FSUB_S("0000100 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.F),
  FMUL_S("0001000 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.F),
  FDIV_S("0001100 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.F),
  FSQRT_S("0101100 00000 ..... ... ..... 1010011", Format.R, F_F, Extension.F),
  FSGNJ_S("0010000 ..... ..... 000 ..... 1010011", Format.R, F_FF, Extension.F),
  FSGNJN_S("0010000 ..... ..... 001 ..... 1010011", Format.R, F_FF, Extension.F),
  FSGNJX_S("0010000 ..... ..... 010 ..... 1010011", Format.R, F_FF, Extension.F),
  FMIN_S("0010100 ..... ..... 000 ..... 1010011", Format.R, F_FF, Extension.F),
  FMAX_S("0010100 ..... ..... 001 ..... 1010011", Format.R, F_FF, Extension.F),
  FLE_S("1010000 ..... ..... 000 ..... 1010011", Format.R, X_FF, Extension.F),
  FLT_S("1010000 ..... ..... 001 ..... 1010011", Format.R, X_FF, Extension.F),
  FEQ_S("1010000 ..... ..... 010 ..... 1010011", Format.R, X_FF, Extension.F),
  FCVT_W_S("1100000 00000 ..... ... ..... 1010011", Format.R, X_F, Extension.F),
  FCVT_WU_S("1100000 00001 ..... ... ..... 1010011", Format.R, X_F, Extension.F),
  FCVT_L_S("1100000 00010 ..... ... ..... 1010011", Format.R, X_F, Extension.F),
  FCVT_LU_S("1100000 00011 ..... ... ..... 1010011", Format.R, X_F, Extension.F),
  FCVT_S_W("1101000 00000 ..... ... ..... 1010011", Format.R, F_X, Extension.F),
  FCVT_S_WU("1101000 00001 ..... ... ..... 1010011", Format.R, F_X, Extension.F),
  FCVT_S_L("1101000 00010 ..... ... ..... 1010011", Format.R, F_X, Extension.F),
  FCVT_S_LU("1101000 00011 ..... ... ..... 1010011", Format.R, F_X, Extension.F),
  FCLASS_S("1110000 00000 ..... 001 ..... 1010011", Format.R, X_F, Extension.F),
  FMV_X_W("1110000 00000 ..... 000 ..... 1010011", Format.R, X_F, Extension.F),
  FMV_W_X("1111000 00000 ..... 000 ..... 1010011", Format.R, F_X, Extension.F),

  // D.
  FLD("............ ..... 011 ..... 0000111", Format.I, FLOAD, Extension.D),
  FSD("....... ..... ..... 011 ..... 0100111", Format.S, FSTORE, Extension.D),
  FMADD_D(".....01 ..... ..... ... ..... 1000011", Format.R4, F_FFF, Extension.D),
  FMSUB_D(".....01 ..... ..... ... ..... 1000111", Format.R4, F_FFF, Extension.D),
  FNMSUB_D(".....01 ..... ..... ... ..... 1001011", Format.R4, F_FFF, Extension.D),
  FNMADD_D(".....01 ..... ..... ... ..... 1001111", Format.R4, F_FFF, Extension.D),
  FADD_D("0000001 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.D),
  FSUB_D("0000101 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.D),
  FMUL_D("0001001 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.D),
  FDIV_D("0001101 ..... ..... ... ..... 1010011", Format.R, F_FF, Extension.D),
  FSQRT_D("0101101 00000 ..... ... ..... 1010011", Format.R, F_F, Extension.D),
  FSGNJ_D("0010001 ..... ..... 000 ..... 1010011", Format.R, F_FF, Extension.D),
  FSGNJN_D("0010001 ..... ..... 001 ..... 1010011", Format.R, F_FF, Extension.D),
  FSGNJX_D("0010001 ..... ..... 010 ..... 1010011", Format.R, F_FF, Extension.D),
  FMIN_D("0010101 ..... ..... 000 ..... 1010011", Format.R, F_FF, Extension.D),
  FMAX_D("0010101 ..... ..... 001 ..... 1010011", Format.R, F_FF, Extension.D),
  FCVT_S_D("0100000 00001 ..... ... ..... 1010011", Format.R, F_F, Extension.D),
  FCVT_D_S("0100001 00000 ..... ... ..... 1010011", Format.R, F_F, Extension.D),
  FLE_D("1010001 ..... ..... 000 ..... 1010011", Format.R, X_FF, Extension.D),
  FLT_D("1010001 ..... ..... 001 ..... 1010011", Format.R, X_FF, Extension.D),
  FEQ_D("1010001 ..... ..... 010 ..... 1010011", Format.R, X_FF, Extension.D),
  FCVT_W_D("1100001 00000 ..... ... ..... 1010011", Format.R, X_F, Extension.D),
  FCVT_WU_D("1100001 00001 ..... ... ..... 1010011", Format.R, X_F, Extension.D),
  FCVT_L_D("1100001 00010 ..... ... ..... 1010011", Format.R, X_F, Extension.D),
  FCVT_LU_D("1100001 00011 ..... ... ..... 1010011", Format.R, X_F, Extension.D),
  FCVT_D_W("1101001 00000 ..... ... ..... 1010011", Format.R, F_X, Extension.D),
  FCVT_D_WU("1101001 00001 ..... ... ..... 1010011", Format.R, F_X, Extension.D),
  FCVT_D_L("1101001 00010 ..... ... ..... 1010011", Format.R, F_X, Extension.D),
  FCVT_D_LU("1101001 00011 ..... ... ..... 1010011", Format.R, F_X, Extension.D),
  FCLASS_D("1110001 00000 ..... 001 ..... 1010011", Format.R, X_F, Extension.D),
  FMV_X_D("1110001 00000 ..... 000 ..... 1010011", Format.R, X_F, Extension.D),
  FMV_D_X("1111001 00000 ..... 000 ..... 1010011", Format.R, F_X, Extension.D),

  // Zba.
  ADD_UW("0000100 ..... ..... 000 ..... 0111011", Format.R, ALU_RR, Extension.ZBA),
  SH1ADD("0010000 ..... ..... 010 ..... 0110011", Format.R, ALU_RR, Extension.ZBA),
  SH2ADD("0010000 ..... ..... 100 ..... 0110011", Format.R, ALU_RR, Extension.ZBA),
  SH3ADD("0010000 ..... ..... 110 ..... 0110011", Format.R, ALU_RR, Extension.ZBA),
  SH1ADD_UW("0010000 ..... ..... 010 ..... 0111011", Format.R, ALU_RR, Extension.ZBA),
  SH2ADD_UW("0010000 ..... ..... 100 ..... 0111011", Format.R, ALU_RR, Extension.ZBA),
  SH3ADD_UW("0010000 ..... ..... 110 ..... 0111011", Format.R, ALU_RR, Extension.ZBA),
  SLLI_UW("000010 ...... ..... 001 ..... 0011011", Format.SHIFT, ALU_RI, Extension.ZBA),

  // Zbb.
  ANDN("0100000 ..... ..... 111 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  ORN("0100000 ..... ..... 110 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  XNOR("0100000 ..... ..... 100 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  CLZ("0110000 00000 ..... 001 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  CTZ("0110000 00001 ..... 001 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  CPOP("0110000 00010 ..... 001 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  SEXT_B("0110000 00100 ..... 001 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  SEXT_H("0110000 00101 ..... 001 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  CLZW("0110000 00000 ..... 001 ..... 0011011", Format.R, ALU_R, Extension.ZBB),
  CTZW("0110000 00001 ..... 001 ..... 0011011", Format.R, ALU_R, Extension.ZBB),
  CPOPW("0110000 00010 ..... 001 ..... 0011011", Format.R, ALU_R, Extension.ZBB),
  ZEXT_H("0000100 00000 ..... 100 ..... 0111011", Format.R, ALU_R, Extension.ZBB),
  MIN("0000101 ..... ..... 100 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  MINU("0000101 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  MAX("0000101 ..... ..... 110 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  MAXU("0000101 ..... ..... 111 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  ROL("0110000 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  ROR("0110000 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.ZBB),
  ROLW("0110000 ..... ..... 001 ..... 0111011", Format.R, ALU_RR, Extension.ZBB),
  RORW("0110000 ..... ..... 101 ..... 0111011", Format.R, ALU_RR, Extension.ZBB),
  RORI("011000 ...... ..... 101 ..... 0010011", Format.SHIFT, ALU_RI, Extension.ZBB),
  RORIW("0110000 ..... ..... 101 ..... 0011011", Format.SHIFT, ALU_RI, Extension.ZBB),
  ORC_B("0010100 00111 ..... 101 ..... 0010011", Format.R, ALU_R, Extension.ZBB),
  REV8("0110101 11000 ..... 101 ..... 0010011", Format.R, ALU_R, Extension.ZBB),

  // Zbs.
  BCLR("0100100 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.ZBS),
  BCLRI("010010 ...... ..... 001 ..... 0010011", Format.SHIFT, ALU_RI, Extension.ZBS),
  BEXT("0100100 ..... ..... 101 ..... 0110011", Format.R, ALU_RR, Extension.ZBS),
  BEXTI("010010 ...... ..... 101 ..... 0010011", Format.SHIFT, ALU_RI, Extension.ZBS),
  BINV("0110100 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.ZBS),
  BINVI("011010 ...... ..... 001 ..... 0010011", Format.SHIFT, ALU_RI, Extension.ZBS),
  BSET("0010100 ..... ..... 001 ..... 0110011", Format.R, ALU_RR, Extension.ZBS),
  BSETI("001010 ...... ..... 001 ..... 0010011", Format.SHIFT, ALU_RI, Extension.ZBS);

  private static final Instruction[] ROWS = values();

  private final String pattern;
  private final int mask;
  private final int match;
  private final Format format;
  private final Shape shape;
  private final Extension extension;

  Instruction(String pattern, Format format, Shape shape, Extension extension) {
    String bits = pattern.replace(" ", "");
    this.pattern = pattern;
    this.mask = bits.isEmpty() ? 0 : Integer.parseUnsignedInt(opened(bits), 2);
    this.match = bits.isEmpty() ? -1 : Integer.parseUnsignedInt(bits.replace('.', '0'), 2);
    this.format = format;
    this.shape = shape;
    this.extension = extension;
  }

  private static String opened(String bits) {
    return bits.replace('0', '1').replace('.', '0');
  }

  /** The row with the given ordinal, without the copy {@link #values()} makes. */
  public static Instruction of(int opcode) {
    return ROWS[opcode];
  }

  /** The number engines and {@linkplain Decoded decoded instructions} use: the ordinal. */
  @SuppressWarnings("EnumOrdinal") // the order of the rows is the numbering, within one process
  public int opcode() {
    return ordinal();
  }

  /** The number of rows, pseudo-rows included. */
  public static int count() {
    return ROWS.length;
  }

  /** The mnemonic without operands, such as {@code amoadd.w}. */
  public String mnemonic() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /**
   * The name of the method of this row's meaning, such as {@code amoadd_w}, in the class of its
   * {@link #family()}. No mnemonic is a Java keyword.
   */
  public String methodName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The bit pattern as written in the table; empty for pseudo-rows. */
  public String pattern() {
    return pattern;
  }

  /** Ones where the encoding is fixed. A word w is this row's if {@code (w & mask) == match}. */
  public int mask() {
    return mask;
  }

  /** The fixed bits of the encoding. Pseudo-rows match nothing. */
  public int match() {
    return match;
  }

  /** Where the operands are. */
  public Format format() {
    return format;
  }

  /** The extension that defines the instruction. */
  public Extension extension() {
    return extension;
  }

  /** How the meaning is called. */
  public Shape shape() {
    return shape;
  }

  /** The class of semantics that has the method of the meaning. */
  public Family family() {
    return Family.of(shape, extension);
  }

  /** True for every row that stands for an instruction. */
  public boolean isReal() {
    return shape != Shape.PSEUDO;
  }

  /** True if the encoding has a rounding mode, which is then a parameter that matters. */
  public boolean hasRoundingMode() {
    return shape.isFloatArithmetic() && (mask & Encoding.FUNCT3_MASK) == 0;
  }

  /**
   * True for conversions that are always exact. They have a rounding mode all the same; assemblers
   * write 0 where others get the dynamic one.
   */
  boolean isExactConversion() {
    return this == FCVT_D_S || this == FCVT_D_W || this == FCVT_D_WU;
  }
}
