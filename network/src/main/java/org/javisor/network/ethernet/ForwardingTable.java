package org.javisor.network.ethernet;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Behind which port an Ethernet address is (IEEE 802.1Q, section 8.8). An address that is bound to
 * a port stays there; others are learned from what ports send, and forgotten after a while.
 *
 * <p>Each port has a bounded number of learned addresses of its own, so that none can use up the
 * table for the others.
 */
final class ForwardingTable {
  private static final class Entry {
    final SwitchPort port;
    final boolean bound;
    volatile long seen;

    Entry(SwitchPort port, boolean bound, long seen) {
      this.port = port;
      this.bound = bound;
      this.seen = seen;
    }
  }

  /** How exact the time of the last frame is, in nanoseconds: each write costs others' caches. */
  private static final long TICK = 1_000_000_000L;

  private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<SwitchPort, AtomicInteger> learned = new ConcurrentHashMap<>();
  private final long ageing;
  private final LongSupplier nanoTime;

  ForwardingTable(long ageingNanos, LongSupplier nanoTime) {
    this.ageing = ageingNanos;
    this.nanoTime = nanoTime;
  }

  /** Binds an address; false if it is bound to another port already. */
  synchronized boolean bind(long mac, SwitchPort port) {
    Entry old = entries.get(mac);
    if (old != null && old.bound) {
      return old.port == port;
    }
    if (old != null) {
      remove(mac, old);
    }
    entries.put(mac, new Entry(port, true, 0));
    return true;
  }

  /** The port of an address, or null if it is not known. */
  @Nullable SwitchPort find(long mac) {
    Entry entry = entries.get(mac);
    return entry == null || (!entry.bound && nanoTime.getAsLong() - entry.seen > ageing)
        ? null
        : entry.port;
  }

  /**
   * Notes that a frame came from an address.
   *
   * @return false if the address is bound to another port: then the frame is not its
   */
  boolean learn(long mac, SwitchPort port) {
    Entry entry = entries.get(mac);
    if (entry != null) {
      if (entry.bound) {
        return entry.port == port;
      }
      if (entry.port == port) {
        long now = nanoTime.getAsLong();
        if (now - entry.seen > TICK) {
          entry.seen = now;
        }
        return true;
      }
    }
    enter(mac, port);
    return true;
  }

  private synchronized void enter(long mac, SwitchPort port) {
    Entry old = entries.get(mac);
    if (!port.isOpen() || (old != null && (old.bound || old.port == port))) {
      return;
    }
    long now = nanoTime.getAsLong();
    AtomicInteger count = learned.computeIfAbsent(port, key -> new AtomicInteger());
    if (count.get() >= port.policy().stations()) {
      forget(port, now);
      if (count.get() >= port.policy().stations()) {
        return;
      }
    }
    if (old != null) {
      remove(mac, old);
    }
    entries.put(mac, new Entry(port, false, now));
    count.incrementAndGet();
  }

  /** Forgets what a port has not sent from for too long; at most once a tick for each port. */
  private void forget(SwitchPort port, long now) {
    if (now - port.lastForgotten < TICK) {
      return;
    }
    port.lastForgotten = now;
    entries.forEach(
        (mac, entry) -> {
          if (entry.port == port && !entry.bound && now - entry.seen > ageing) {
            remove(mac, entry);
          }
        });
  }

  private void remove(long mac, Entry entry) {
    if (entries.remove(mac, entry) && !entry.bound) {
      AtomicInteger count = learned.get(entry.port);
      if (count != null) {
        count.decrementAndGet();
      }
    }
  }

  /** Forgets a port. */
  synchronized void removePort(SwitchPort port) {
    entries.values().removeIf(entry -> entry.port == port);
    learned.remove(port);
  }

  /** Addresses known. */
  int size() {
    return entries.size();
  }
}
