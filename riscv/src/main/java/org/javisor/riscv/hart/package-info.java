/**
 * One hart of a machine and what surrounds it: registers, privilege, address translation, traps,
 * interrupts, and what the harts of a machine have to tell each other. It executes nothing itself:
 * an {@link org.javisor.riscv.hart.Engine} does.
 *
 * <h2>Memory model</h2>
 *
 * RVWMO asks little of plain accesses: dependencies, same-address order, and what fences and
 * annotations order. A guest's load or store is one plain access of at most its size to memory
 * shared by all harts; naturally aligned ones are single machine accesses and so do not tear.
 * Between two guest instructions the interpreter has control dependences and volatile reads over
 * which the compiler moves no store, and every host Java runs on keeps same-address order and
 * dependencies. Every {@code fence} is at least as strong a fence of the host; atomic operations
 * and store-conditionals are the host's, sequentially consistent, so that {@code aq} and {@code rl}
 * ask for nothing more.
 *
 * <p>A reservation is the address and the value that the load-reserved found, and the
 * store-conditional a compare-and-swap with that value. So it also succeeds if others have changed
 * the value and changed it back, which architecture forbids. Software cannot observe that from the
 * one memory cell; what could go wrong is an algorithm that relies on the reservation to protect
 * other cells (a lock-free list that reuses nodes), and such algorithms are written for
 * compare-and-swap, with counters, wherever they run on x86 or Arm as well.
 */
@NullMarked
package org.javisor.riscv.hart;

import org.jspecify.annotations.NullMarked;
