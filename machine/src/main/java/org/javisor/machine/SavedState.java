package org.javisor.machine;

/**
 * Marks a record as the saved state of a component: the wire form of snapshots and migration.
 *
 * <p>Implemented by public records in exported packages. Components may be primitives, {@code
 * String}, arrays of primitives, enums, other {@code SavedState} records, and {@code List}s of
 * those. The record carries {@link StateVersion}; {@link StateCodec} writes and reads it.
 */
public interface SavedState {}
