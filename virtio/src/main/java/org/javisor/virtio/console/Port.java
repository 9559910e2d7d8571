package org.javisor.virtio.console;

import java.util.function.BooleanSupplier;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.GuestBuffer;
import org.javisor.virtio.queue.MalformedQueueException;
import org.javisor.virtio.queue.Virtqueue;

/**
 * The device's side of one port. Used by the worker alone.
 *
 * <p>Control messages to the guest are not queued but noted as a bit each, so that a guest which
 * provokes many and takes none costs no memory.
 */
final class Port {
  static final int SEND_ADD = 1;
  static final int SEND_CONSOLE = 2;
  static final int SEND_RESIZE = 4;
  static final int SEND_OPEN = 8;
  static final int SEND_NAME = 16;
  private static final int SEND_ALL = 31;

  /** Chains, or pieces of one, served before the other ports have their turn. */
  private static final int TURN = 64;

  final int id;
  final PortConfiguration configuration;
  private final PortBackend backend;
  private final ConsoleMetrics metrics;

  private boolean ready;

  /** Whether the driver is ready for a port that has still to be plugged in. */
  private boolean awaitsPlug;

  private boolean guestOpen;
  private boolean announcedOpen;
  private boolean closing;
  private boolean reopened;
  private int pending;
  private long transmitted;

  Port(int id, PortConfiguration configuration, ConsoleMetrics metrics) {
    this.id = id;
    this.configuration = configuration;
    this.backend = configuration.backend();
    this.metrics = metrics;
  }

  int receiveQueue() {
    return id == 0 ? 0 : 2 * id + 2;
  }

  int transmitQueue() {
    return receiveQueue() + 1;
  }

  /** The driver takes the port into use. */
  void becomeReady() {
    if (!backend.plugged()) {
      return;
    }
    ready = true;
    backend.portReady(true);
    announcedOpen = false;
    // The name comes last: programs in the guest look for it and then expect the port to work.
    pending |= (configuration.console() ? SEND_CONSOLE | SEND_RESIZE : 0) | SEND_NAME;
  }

  /** The driver wants to know of the port. */
  void introduce() {
    awaitsPlug = true;
  }

  void note(int messages) {
    pending |= messages;
  }

  /** The driver says that a program in the guest has opened or closed the port. */
  void guestOpen(boolean open) {
    if (open == guestOpen) {
      return;
    }
    guestOpen = open;
    if (!open) {
      closing = true;
      reopened = false;
    } else if (closing) {
      reopened = true;
    } else {
      backend.guestOpened();
    }
  }

  /**
   * Gives the guest's output to the host.
   *
   * @return whether to come back soon without being woken
   */
  boolean transmit(Virtqueue queue, DescriptorChain chain, byte[] buffer, BooleanSupplier yielding)
      throws MalformedQueueException {
    queue.suppressNotifications();
    for (int turn = 0; turn < TURN; turn++) {
      if (!queue.poll(chain)) {
        closeIfDrained();
        return queue.requestNotifications();
      }
      Delivery delivery = deliver(chain.readable(), buffer, yielding);
      if (delivery != Delivery.WHOLE) {
        // The rest of this chain waits in guest memory.
        queue.unpoll(chain);
        return delivery == Delivery.INTERRUPTED;
      }
      transmitted = 0;
      queue.finish(chain, 0);
      queue.publish();
    }
    return true;
  }

  private enum Delivery {
    WHOLE,
    HOST_FULL,
    INTERRUPTED
  }

  private Delivery deliver(GuestBuffer output, byte[] buffer, BooleanSupplier yielding) {
    output.skip(transmitted);
    for (int turn = 0; output.remaining() > 0; turn++) {
      // A chain may hold gigabytes.
      if (turn == TURN || yielding.getAsBoolean()) {
        return Delivery.INTERRUPTED;
      }
      int count = output.read(buffer, 0, buffer.length);
      int taken = backend.write(buffer, 0, count);
      transmitted += taken;
      metrics.bytesFromGuest.add(taken);
      if (taken < count) {
        metrics.outputBlocked.increment();
        return Delivery.HOST_FULL;
      }
    }
    return Delivery.WHOLE;
  }

  /** A close is passed on when the output before it has been. */
  private void closeIfDrained() {
    if (closing) {
      closing = false;
      backend.guestClosed();
      if (reopened) {
        reopened = false;
        backend.guestOpened();
      }
    }
  }

  /**
   * Gives the host's input to the guest.
   *
   * @return whether to come back soon without being woken
   */
  boolean receive(Virtqueue queue, DescriptorChain chain, byte[] buffer)
      throws MalformedQueueException {
    queue.suppressNotifications();
    // A Linux guest drops what comes while no program has the port open.
    for (int turn = 0; turn < TURN; turn++) {
      if (!guestOpen || backend.available() <= 0) {
        queue.publish();
        return false;
      }
      if (!queue.poll(chain)) {
        queue.publish();
        return queue.requestNotifications();
      }
      GuestBuffer input = chain.writable();
      if (input.length() == 0) {
        throw new MalformedQueueException("a receive buffer without room");
      }
      int count = backend.read(buffer, 0, (int) Math.min(buffer.length, input.length()));
      input.write(buffer, 0, count);
      metrics.bytesToGuest.add(count);
      queue.finish(chain, count);
    }
    queue.publish();
    return true;
  }

  /**
   * Control messages to send, a bit each, in the order of their bits. The end of input is among
   * them only when all input lies in used buffers.
   */
  int messages() {
    if (awaitsPlug && backend.plugged()) {
      awaitsPlug = false;
      pending |= SEND_ADD;
    }
    boolean connected = backend.available() >= 0;
    if (ready && connected != announcedOpen) {
      pending |= SEND_OPEN;
    }
    return pending;
  }

  /** The value of a PORT_OPEN message that is now being sent. */
  boolean announceOpen() {
    announcedOpen = backend.available() >= 0;
    return announcedOpen;
  }

  void sent(int message) {
    pending &= ~message;
  }

  /** Without multiport, the only port is always open. */
  void openAlways() {
    guestOpen = true;
    backend.guestOpened();
  }

  void reset() {
    if (guestOpen || closing) {
      backend.guestClosed();
    }
    if (ready) {
      backend.portReady(false);
    }
    ready = false;
    awaitsPlug = false;
    guestOpen = false;
    announcedOpen = false;
    closing = false;
    reopened = false;
    pending = 0;
    transmitted = 0;
  }

  PortState save() {
    return new PortState(
        ready, awaitsPlug, guestOpen, announcedOpen, closing, reopened, pending, transmitted);
  }

  void restore(PortState state) {
    ready = state.ready();
    awaitsPlug = state.awaitsPlug();
    if (ready) {
      backend.portReady(true);
    }
    guestOpen = state.guestOpen();
    announcedOpen = state.announcedOpen();
    closing = state.closing();
    reopened = state.reopened();
    pending = state.pendingMessages() & SEND_ALL;
    transmitted = Math.max(0, state.transmitted());
    if (guestOpen || closing) {
      backend.guestOpened();
    }
  }
}
