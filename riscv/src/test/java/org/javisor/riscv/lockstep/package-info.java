/**
 * The translator and the interpreter side by side: two machines from the same initial state, each
 * turn of the one repeated by the other, everything architectural compared in between.
 */
package org.javisor.riscv.lockstep;
