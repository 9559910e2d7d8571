package org.javisor.riscv.lockstep;

import org.javisor.machine.GuestMemory;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.hart.Harts;

/**
 * One of two machines that are compared.
 *
 * @param memory its RAM
 * @param harts its harts, which no thread runs
 * @param clock its time
 */
record Side(GuestMemory memory, Harts harts, TurnClock clock) {
  Hart hart(int id) {
    return harts.hart(id);
  }
}
