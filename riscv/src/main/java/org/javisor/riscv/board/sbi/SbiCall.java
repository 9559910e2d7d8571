package org.javisor.riscv.board.sbi;

/**
 * One call (SBI 2.0, chapter 3).
 *
 * @param hart the hart that calls, on whose thread everything happens
 * @param extension a7
 * @param function a6
 * @param a0 first argument; the others follow
 */
public record SbiCall(
    SbiHart hart,
    long extension,
    long function,
    long a0,
    long a1,
    long a2,
    long a3,
    long a4,
    long a5) {}
