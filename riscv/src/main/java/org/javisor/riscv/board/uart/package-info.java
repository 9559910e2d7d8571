/** The serial port: a 16550A with its FIFOs ({@code ns16550a} in the device tree). */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.uart;
