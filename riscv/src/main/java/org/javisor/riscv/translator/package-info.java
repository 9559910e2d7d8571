/**
 * The binary translator: hot guest code becomes JVM bytecode, which the JVM compiles.
 *
 * <p>A {@linkplain org.javisor.riscv.hart.Unit unit} is made from a region of guest instructions
 * with one entry ({@code Region}): guest registers live in JVM locals, loops are loops, guest calls
 * are Java calls. What an instruction means comes from the same methods that the interpreter calls
 * ({@link org.javisor.riscv.codegen.MeaningCalls}). A load or store that the soft TLB has no answer
 * for ({@link org.javisor.riscv.codegen.MemoryAccess}) ends the unit: the interpreter then helps to
 * the next one.
 *
 * <h2>Memory model</h2>
 *
 * What {@link org.javisor.riscv.hart} says of the interpreter holds with one addition: the JVM's
 * compiler may reorder the plain loads and stores of a unit, which RVWMO allows as long as
 * dependencies and the order of accesses to one address are kept. It keeps dependencies, because it
 * computes addresses from values, and never moves an access across one to memory it cannot tell
 * apart if either is a store: all of guest memory is one such piece to it. It moves nothing across
 * a {@code fence} (a full fence), an atomic operation (volatile), or a load-reserved (volatile).
 * Every back edge and call looks at the hart's attention word, a volatile read.
 *
 * <p>One thing is not ruled out by construction: that of two plain loads of the same address in one
 * pass through a unit, with nothing ordered between, the earlier is delayed behind the later and so
 * sees an older value (CoRR). Each load has a check of the soft TLB of its own in front, which in
 * practice keeps them in order.
 */
@NullMarked
package org.javisor.riscv.translator;

import org.jspecify.annotations.NullMarked;
