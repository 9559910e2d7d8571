package org.javisor.riscv.board.sbi;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A hart that remembers what was asked of it. */
final class RecordedHart implements SbiHart {
  private final int id;
  private State state = State.STOPPED;
  private long cycles = 1000;
  private long instructions = 500;
  final List<String> asked = new CopyOnWriteArrayList<>();

  RecordedHart(int id) {
    this.id = id;
  }

  RecordedHart state(State next) {
    state = next;
    return this;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public boolean start(long address, long opaque) {
    asked.add("start 0x%x 0x%x".formatted(address, opaque));
    boolean stopped = state == State.STOPPED;
    state = State.STARTED;
    return stopped;
  }

  @Override
  public void stop() {
    asked.add("stop");
    state = State.STOPPED;
  }

  @Override
  public void suspend() {
    asked.add("suspend");
  }

  @Override
  public void suspend(long address, long opaque) {
    asked.add("suspend 0x%x 0x%x".formatted(address, opaque));
  }

  @Override
  public void raiseSoftwareInterrupt() {
    asked.add("software interrupt");
  }

  @Override
  public void setTimer(long deadline) {
    asked.add("timer " + Long.toUnsignedString(deadline));
  }

  @Override
  public long cycles() {
    return cycles++;
  }

  @Override
  public void cycles(long value) {
    cycles = value;
  }

  @Override
  public long retiredInstructions() {
    return instructions++;
  }

  @Override
  public void retiredInstructions(long value) {
    instructions = value;
  }
}
