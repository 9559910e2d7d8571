/**
 * IEEE 754-2019 binary32 and binary64 arithmetic as the RISC-V F and D extensions define it, exact
 * in results, flags and all five rounding modes.
 *
 * <p>Two layers. {@link org.javisor.riscv.fp.DoubleArithmetic} and {@link
 * org.javisor.riscv.fp.SingleArithmetic} compute with the JVM's own {@code double} and {@code
 * float} wherever that provably gives the same bits and the same flags. Everything else falls to
 * the software operations ({@link org.javisor.riscv.fp.Addition}, {@link
 * org.javisor.riscv.fp.Multiplication}, ...), which are written once for both formats, work on
 * integers, and all end in {@link org.javisor.riscv.fp.Rounding}.
 */
@NullMarked
package org.javisor.riscv.fp;

import org.jspecify.annotations.NullMarked;
