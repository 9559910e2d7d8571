package org.javisor.machine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The saved state of a whole machine but for its memory.
 *
 * @param components state by component name ({@code clock}, {@code vcpu0}.., device names), in the
 *     order of restoring
 */
public record MachineState(Map<String, SavedState> components) {
  /** Copies the map, keeping its order. */
  public MachineState {
    components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }
}
