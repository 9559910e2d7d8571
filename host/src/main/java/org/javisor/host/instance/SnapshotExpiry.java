package org.javisor.host.instance;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Deletes snapshots past their time while the host runs. */
final class SnapshotExpiry implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final InstanceStore store;
  private final Thread thread;

  /** Looks at once, and again every minute, until it is closed. */
  SnapshotExpiry(InstanceStore store) {
    this.store = store;
    thread = Thread.ofVirtual().name("snapshot expiry").start(this::run);
  }

  private void run() {
    try {
      while (store.isOpen()) {
        deleteExpired(store, Instant.now());
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The host ends.
    }
  }

  /** Deletes all snapshots whose time has come by {@code now}. */
  static void deleteExpired(InstanceStore store, Instant now) throws InterruptedException {
    for (HostedInstance instance : store.all()) {
      try {
        for (Map.Entry<String, InstanceSnapshot> one : instance.snapshots().entrySet()) {
          if (one.getValue().expiresAt().filter(at -> !at.isAfter(now)).isPresent()) {
            instance.deleteSnapshot(one.getKey());
          }
        }
      } catch (RuntimeException e) {
        store.warn(instance.name(), e); // The others' time has come all the same.
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
