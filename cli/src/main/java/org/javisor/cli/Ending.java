package org.javisor.cli;

import java.util.Optional;
import org.javisor.host.Instance;

/** How one machine's session ends: with the terminal as it was found, whatever happens. */
final class Ending implements AutoCloseable {
  private final Instance instance;
  private Optional<Terminal.Restore> terminal = Optional.empty();
  private volatile boolean detached;

  Ending(Instance instance) {
    this.instance = instance;
  }

  /** Lets every key of the terminal through to the guest. */
  synchronized void makeRaw() {
    // Also where the orderly way out takes too long or fails.
    Runtime.getRuntime().addShutdownHook(new Thread(this::restoreTerminal, "terminal"));
    terminal = Terminal.makeRaw(Terminal.STANDARD_INPUT);
  }

  /** Gives the terminal back; does nothing if it is not raw. */
  synchronized void restoreTerminal() {
    if (terminal.isEmpty()) {
      return;
    }
    terminal.get().restore();
    terminal = Optional.empty();
    if (detached) {
      // The guest was in the middle of a line, such as one with its prompt.
      System.err.println();
    }
  }

  /** The person at the terminal wants to leave: the machine is switched off. */
  void detach() {
    detached = true;
    instance.powerOff();
  }

  /** Whether the machine ended because the person left. */
  boolean detached() {
    return detached;
  }

  @Override
  public void close() {
    restoreTerminal();
  }
}
