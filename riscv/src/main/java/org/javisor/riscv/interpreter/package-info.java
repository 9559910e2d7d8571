/**
 * The interpreter: executes decoded instructions by calling their meanings.
 *
 * <p>Its code is generated when the class is loaded, from the instruction table: a switch with a
 * case per row, which loads the operands that the row's shape has and calls the row's meaning. So
 * no second place says which instruction means what. {@link org.javisor.riscv.codegen.MeaningCalls}
 * emits such a call for any engine; where the guest's registers are, the engine says through {@link
 * org.javisor.riscv.codegen.OperandAccess}.
 */
@NullMarked
package org.javisor.riscv.interpreter;

import org.jspecify.annotations.NullMarked;
