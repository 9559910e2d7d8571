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
  private final EthernetSwitch owner;
  private final String name;
  private final PortPolicy policy;
  private final SourceGuard guard;
  private final LongSupplier nanoTime;
  private volatile @Nullable TokenBucket sendRate;
  private volatile @Nullable TokenBucket receiveRate;
  private final TokenBucket floods;
  private final PortMetrics metrics = new PortMetrics();
  private volatile FrameReceiver receiver = frame -> false;
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
    receiveRate = bucket(policy.receive(), nanoTime);
    floods = new TokenBucket(policy.floodsPerSecond(), policy.floodsPerSecond(), nanoTime);
    // So that the first look is never too early.
    lastForgotten = nanoTime.getAsLong() - Long.MAX_VALUE / 2;
  }

  private static @Nullable TokenBucket bucket(Optional<RateLimit> limit, LongSupplier nanoTime) {
    return limit
        .map(rate -> new TokenBucket(rate.bytesPerSecond(), rate.burstBytes(), nanoTime))
        .orElse(null);
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
    receiveRate = bucket(receive, nanoTime);
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
  void deliver(Frame frame) {
    if (!open) {
      return;
    }
    TokenBucket rate = receiveRate;
    if (rate != null && !rate.take(frame.length())) {
      metrics.receivesOverRate.increment();
    } else if (receiver.receive(frame)) {
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
