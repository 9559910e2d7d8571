/**
 * The RISC-V Supervisor Binary Interface, version 2.0: what a guest kernel calls instead of
 * firmware. One file per extension behind {@link org.javisor.riscv.board.sbi.Sbi}, which
 * dispatches.
 *
 * <p>Every argument comes from a hostile guest. An extension checks all of them before it acts and
 * answers with one of the specification's error codes; nothing here throws because of a guest.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.sbi;
