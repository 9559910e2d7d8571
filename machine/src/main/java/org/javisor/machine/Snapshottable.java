package org.javisor.machine;

/**
 * A component that gives and takes its whole state. Both methods are called only while the machine
 * is paused.
 *
 * @param <S> the record of its state
 */
public interface Snapshottable<S extends SavedState> {
  /** The class of the state record. */
  Class<S> stateType();

  /** The component's state, independent of later changes. */
  S save();

  /**
   * Replaces the component's state.
   *
   * @throws SavedStateException if a value is out of range; the component is then to be reset
   */
  void restore(S state);
}
