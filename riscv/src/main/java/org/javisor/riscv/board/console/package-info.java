/**
 * The host side of the board's serial console, shared by the UART and the SBI debug console.
 *
 * <p>A {@link org.javisor.riscv.board.console.ConsolePort} never blocks the hart that uses it;
 * {@link org.javisor.riscv.board.console.BufferedConsole} is the port with bounded buffers that
 * hosts use.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.console;
