package org.javisor.cli;

import java.util.Optional;

/** Standard input as a raw terminal, if it is one, and as it was found afterwards. */
final class RawTerminal implements AutoCloseable {
  private Optional<Terminal.Restore> found;
  private final boolean raw;

  private RawTerminal(Optional<Terminal.Restore> found) {
    this.found = found;
    raw = found.isPresent();
    if (raw) {
      // Also where the orderly way out takes too long or fails.
      Runtime.getRuntime().addShutdownHook(new Thread(this::close, "terminal"));
    }
  }

  /** Lets every key through, if standard input is a terminal. */
  static RawTerminal ofStandardInput() {
    return new RawTerminal(
        Terminal.isTerminal(Terminal.STANDARD_INPUT)
            ? Terminal.makeRaw(Terminal.STANDARD_INPUT)
            : Optional.empty());
  }

  /** Whether it is a terminal. */
  boolean isRaw() {
    return raw;
  }

  @Override
  public synchronized void close() {
    found.ifPresent(Terminal.Restore::restore);
    found = Optional.empty();
  }
}
