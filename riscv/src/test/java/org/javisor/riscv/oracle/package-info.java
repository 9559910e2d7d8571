/**
 * The hart against an independent implementation: seeded random programs run here and in QEMU's
 * user mode, and must leave the same registers, memory and floating-point flags.
 */
package org.javisor.riscv.oracle;
