package org.javisor.virtio.driver;

import java.util.ArrayList;
import java.util.List;

/** The ring features a driver agrees to. */
public record DriverOptions(boolean packed, boolean indirect, boolean eventIndex) {
  /** All eight combinations. */
  public static List<DriverOptions> all() {
    List<DriverOptions> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(new DriverOptions((i & 1) != 0, (i & 2) != 0, (i & 4) != 0));
    }
    return all;
  }
}
