/**
 * What instructions mean: one static method each, named by the instruction's mnemonic, called by
 * every engine. A method gets operand values and returns the result; only those that need more (the
 * hart, the floating-point environment) are given it. Which parameters a method has, its row in the
 * instruction table says.
 */
@NullMarked
package org.javisor.riscv.semantics;

import org.jspecify.annotations.NullMarked;
