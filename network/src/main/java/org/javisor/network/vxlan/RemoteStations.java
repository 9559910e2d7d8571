package org.javisor.network.vxlan;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Behind which peer an Ethernet address is, learned from where frames come from (RFC 7348, section
 * 4.1). Bounded for each peer, so that none can use up the table for the others.
 */
final class RemoteStations {
  private static final class Entry {
    final InetSocketAddress peer;
    volatile long seen;

    Entry(InetSocketAddress peer, long seen) {
      this.peer = peer;
      this.seen = seen;
    }
  }

  /** How exact the time of the last frame is, in nanoseconds: each write costs others' caches. */
  private static final long TICK = 1_000_000_000L;

  private final int perPeer;
  private final long ageing;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();
  private final Map<InetSocketAddress, Integer> counts = new HashMap<>();
  private final Map<InetSocketAddress, Long> swept = new HashMap<>();

  RemoteStations(int perPeer, long ageingNanos, LongSupplier nanoTime) {
    this.perPeer = perPeer;
    this.ageing = ageingNanos;
    this.nanoTime = nanoTime;
  }

  /** The peer of an address, or null if it is not known. */
  @Nullable InetSocketAddress find(long mac) {
    Entry entry = entries.get(mac);
    return entry == null || nanoTime.getAsLong() - entry.seen > ageing ? null : entry.peer;
  }

  /** Notes that a frame came from an address, which may have been elsewhere before. */
  void learn(long mac, InetSocketAddress peer) {
    Entry entry = entries.get(mac);
    long now = nanoTime.getAsLong();
    if (entry != null && entry.peer.equals(peer)) {
      if (now - entry.seen > TICK) {
        entry.seen = now;
      }
      return;
    }
    enter(mac, peer, now);
  }

  private synchronized void enter(long mac, InetSocketAddress peer, long now) {
    if (counts.getOrDefault(peer, 0) >= perPeer) {
      sweep(peer, now);
      if (counts.getOrDefault(peer, 0) >= perPeer) {
        // Where it was it is no more, wherever it is: it will be looked for everywhere.
        forget(mac);
        return;
      }
    }
    Entry old = entries.put(mac, new Entry(peer, now));
    counts.merge(peer, 1, Integer::sum);
    if (old != null) {
      counts.merge(old.peer, -1, Integer::sum);
    }
  }

  /** Forgets what has not been heard of for too long; at most once a tick for each peer. */
  private void sweep(InetSocketAddress peer, long now) {
    Long last = swept.get(peer);
    if (last != null && now - last < TICK) {
      return;
    }
    swept.put(peer, now);
    entries.forEach(
        (mac, entry) -> {
          if (entry.peer.equals(peer) && now - entry.seen > ageing) {
            forget(mac);
          }
        });
  }

  /** Forgets an address, because it is here now. */
  void forget(long mac) {
    if (entries.containsKey(mac)) {
      remove(mac);
    }
  }

  private synchronized void remove(long mac) {
    Entry old = entries.remove(mac);
    if (old != null) {
      counts.merge(old.peer, -1, Integer::sum);
    }
  }

  /** Forgets what is behind others than these. */
  synchronized void keep(List<InetSocketAddress> peers) {
    entries.values().removeIf(entry -> !peers.contains(entry.peer));
    counts.keySet().retainAll(peers);
    swept.keySet().retainAll(peers);
  }

  /** Addresses known. */
  int size() {
    return entries.size();
  }
}
