/**
 * What engines that generate JVM bytecode share: how the meaning of an instruction is called
 * ({@link org.javisor.riscv.codegen.MeaningCalls}), wherever an engine keeps the guest's registers
 * ({@link org.javisor.riscv.codegen.OperandAccess}).
 */
@NullMarked
package org.javisor.riscv.codegen;

import org.jspecify.annotations.NullMarked;
