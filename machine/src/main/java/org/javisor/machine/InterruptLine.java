package org.javisor.machine;

/**
 * A level-triggered wire from a device to an interrupt controller.
 *
 * <p>Safe from any thread; setting the level it already has does nothing.
 */
@FunctionalInterface
public interface InterruptLine {
  /** Drives the wire: true asserts the interrupt, false withdraws it. */
  void set(boolean asserted);
}
