package org.javisor.riscv.board.console;

/**
 * A byte console as devices see it: what is behind it may be slow, the methods are not. Safe from
 * any thread.
 */
public interface ConsolePort {
  /**
   * Hands bytes to the console, as many as it has room for, without waiting.
   *
   * @return how many of the bytes, from the first, were taken; 0 if there is no room
   */
  int write(byte[] source, int offset, int length);

  /**
   * Takes bytes that were typed, without waiting.
   *
   * @return how many bytes were stored; 0 if there are none
   */
  int read(byte[] destination, int offset, int length);

  /**
   * Adds a listener for the moments when input arrives in an empty port or room comes back in a
   * full one. It is called on a thread of the console that holds no lock of it, and may be called
   * without need.
   */
  void onReady(Runnable listener);
}
