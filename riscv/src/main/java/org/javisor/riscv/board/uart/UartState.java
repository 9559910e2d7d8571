package org.javisor.riscv.board.uart;

import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/**
 * Saved state of a UART; register values as the guest would read them.
 *
 * @param interruptEnable IER
 * @param fifoControl FCR without its self-clearing bits
 * @param lineControl LCR
 * @param modemControl MCR
 * @param lineErrors the error bits of LSR
 * @param modemDeltas the change bits of MSR
 * @param scratch SCR
 * @param divisor DLM and DLL
 * @param transmitterInterrupt whether "transmitter empty" waits to be reported
 * @param received bytes not yet read by the guest, oldest first
 * @param transmitting bytes not yet taken by the console, oldest first
 */
@StateVersion(1)
@SuppressWarnings("ArrayRecordComponent") // the wire form: compared by nobody
public record UartState(
    int interruptEnable,
    int fifoControl,
    int lineControl,
    int modemControl,
    int lineErrors,
    int modemDeltas,
    int scratch,
    int divisor,
    boolean transmitterInterrupt,
    byte[] received,
    byte[] transmitting)
    implements SavedState {}
