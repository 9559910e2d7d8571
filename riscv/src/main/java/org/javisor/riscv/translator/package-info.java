/**
 * The binary translator: hot guest code becomes JVM bytecode, which the JVM compiles.
 *
 * <p>A {@linkplain org.javisor.riscv.hart.Unit unit} is made from a region of guest instructions
 * with one entry ({@code Region}): guest registers live in JVM locals, loops are loops, guest calls
 * are Java calls. What an instruction means comes from the same methods that the interpreter calls
 * ({@link org.javisor.riscv.codegen.MeaningCalls}).
 */
@NullMarked
package org.javisor.riscv.translator;

import org.jspecify.annotations.NullMarked;
