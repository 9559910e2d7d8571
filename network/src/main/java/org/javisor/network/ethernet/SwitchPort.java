package org.javisor.network.ethernet;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.FramePort;
import org.javisor.virtio.net.FrameReceiver;
import org.jspecify.annotations.Nullable;

/**
 * A port of a switch. What its machine sends is checked, limited and dropped here, in the thread of
 * the sender, before it reaches anyone. Safe from any thread.
 */
public final class SwitchPort implements FramePort, AutoCloseable {
  /** Nanoseconds after which a limit is asked again at the latest: it may have been changed. */
  private static final long LONGEST_WAIT = 100_000_000;

  /** What waits for the machine is at most what a limited port passes in a second's fraction. */
  private static final int WAITING_PER_SECOND = 5;

  /** Room for a large frame of each of two senders. */
  private static final int LEAST_WAITING = 2 * Frame.MAXIMUM_BYTES;

  /** A limit of what the machine gets, and bytes that may wait for it. */
  private record Receiving(TokenBucket rate, int room) {}

  private final EthernetSwitch owner;
  private final String name;
  private final PortPolicy policy;
  private final SourceGuard guard;
  private final LongSupplier nanoTime;
  private volatile @Nullable TokenBucket sendRate;
  private volatile @Nullable Receiving receiving;
  private final TokenBucket floods;
  private final PortMetrics metrics = new PortMetrics();
  private volatile FrameReceiver receiver = (frame, sender) -> false;
  private volatile boolean open;

  /** When the table last looked for old addresses of this port; guarded by the table. */
  long lastForgotten;

  SwitchPort(EthernetSwitch owner, String name, PortPolicy policy, LongSupplier nanoTime) {
    this.owner = owner;
    this.name = name;
    this.policy = policy;
    this.nanoTime = nanoTime;
    guard = new SourceGuard(policy);
    sendRate = bucket(policy.send(), nanoTime);
    receiving = receiving(policy.receive(), nanoTime);
    floods = new TokenBucket(policy.floodsPerSecond(), policy.floodsPerSecond(), nanoTime);
    // So that the first look is never too early.
    lastForgotten = nanoTime.getAsLong() - Long.MAX_VALUE / 2;
  }

  private static @Nullable TokenBucket bucket(Optional<RateLimit> limit, LongSupplier nanoTime) {
    return limit
        .map(rate -> new TokenBucket(rate.bytesPerSecond(), rate.burstBytes(), nanoTime))
        .orElse(null);
  }

  private static @Nullable Receiving receiving(Optional<RateLimit> limit, LongSupplier nanoTime) {
    TokenBucket rate = bucket(limit, nanoTime);
    return rate == null ? null : new Receiving(rate, room(limit.orElseThrow()));
  }

  private static int room(RateLimit limit) {
    long waiting = limit.bytesPerSecond() / WAITING_PER_SECOND;
    return Math.clamp(waiting, LEAST_WAITING, Integer.MAX_VALUE);
  }

  /** What captures and metrics call it. */
  public String name() {
    return name;
  }

  /** What it may do; its rates may have been changed since. */
  public PortPolicy policy() {
    return policy;
  }

  /** Puts other rates in force than the policy's; empty is without limit. */
  public void setRates(Optional<RateLimit> send, Optional<RateLimit> receive) {
    sendRate = bucket(send, nanoTime);
    receiving = receiving(receive, nanoTime);
  }

  /** What has happened here. */
  public PortMetrics metrics() {
    return metrics;
  }

  @Override
  public void connect(FrameReceiver newReceiver) {
    receiver = newReceiver;
  }

  @Override
  public void send(Frame frame) {
    if (!open) {
      return;
    }
    TokenBucket rate = sendRate;
    if (rate != null && !rate.take(frame.length())) {
      metrics.overRate.increment();
    } else if (!guard.admits(frame.bytes())) {
      metrics.spoofed.increment();
    } else {
      owner.forward(this, frame);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The port's rate of receiving is in force here, where senders take turns: were it taken from
   * in the order in which frames come, one sender could use it up for all.
   */
  @Override
  public long nanosToWait(int bytes) {
    Receiving limit = receiving;
    return limit == null ? 0 : Math.min(limit.rate.nanosToWait(bytes), LONGEST_WAIT);
  }

  @Override
  public int waitingBytes() {
    Receiving limit = receiving;
    return limit == null ? Integer.MAX_VALUE : limit.room;
  }

  /**
   * Sends a frame in the name of who is plugged in, without looking whether it may: for what the
   * host itself has to say.
   */
  public void announce(Frame frame) {
    if (open) {
      owner.announce(this, frame);
    }
  }

  /**
   * From now on frames pass, and the policy's Ethernet address is here; nothing if that is so
   * already, or the port is closed.
   */
  public void open() {
    owner.open(this);
  }

  /** Called by the switch, under its lock. */
  void setOpen(boolean now) {
    open = now;
  }

  /** Whether frames pass. */
  public boolean isOpen() {
    return open;
  }

  boolean mayFlood() {
    return floods.take(1);
  }

  /** Hands a frame to whoever is plugged in, who takes or drops it. */
  void deliver(Frame frame, SwitchPort from) {
    if (!open) {
      return;
    }
    if (receiver.receive(frame, from)) {
      metrics.framesReceived.increment();
      metrics.bytesReceived.add(frame.length());
    } else {
      metrics.receivesRefused.increment();
    }
  }

  /** Takes the port out of its switch; frames to and from it are dropped from now on. */
  @Override
  public void close() {
    owner.remove(this);
  }
}
