package org.javisor.riscv.board;

import org.javisor.riscv.board.sbi.SbiHart;
import org.javisor.riscv.hart.Hart;

/** A hart as the supervisor binary interface sees it. */
record BoardHart(Hart hart) implements SbiHart {
  @Override
  public int id() {
    return hart.id();
  }

  @Override
  public State state() {
    return switch (hart.status()) {
      case STOPPED -> State.STOPPED;
      case START_PENDING -> State.START_PENDING;
      case STARTED -> State.STARTED;
      case SUSPENDED -> State.SUSPENDED;
    };
  }

  @Override
  public boolean start(long address, long opaque) {
    return hart.start(address, opaque);
  }

  @Override
  public void stop() {
    hart.stop();
  }

  @Override
  public void suspend() {
    hart.suspend();
  }

  @Override
  public void suspend(long address, long opaque) {
    hart.suspend(address, opaque);
  }

  @Override
  public void raiseSoftwareInterrupt() {
    hart.setSoftwareInterrupt(true);
  }

  @Override
  public void setTimer(long deadline) {
    hart.setTimer(deadline);
  }

  @Override
  public long cycles() {
    return hart.cycles();
  }

  @Override
  public void cycles(long value) {
    hart.setCycles(value);
  }

  @Override
  public long retiredInstructions() {
    return hart.retiredInstructions();
  }

  @Override
  public void retiredInstructions(long value) {
    hart.setRetiredInstructions(value);
  }
}
