package org.javisor.server.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Lets calls that change something through, or refuses them while this process is replaced. */
public final class ChangeGate {
  private final ReentrantReadWriteLock passing = new ReentrantReadWriteLock();
  private volatile boolean shut;

  /** The same route, but refused while the gate is shut if it can change something. */
  public Route guard(Route route) {
    if (route.method().equals("GET") || route.method().equals("HEAD")) {
      return route;
    }
    return new Route(
        route.method(), route.path(), route.access(), call -> pass(route.action(), call));
  }

  private Answer pass(Route.Action action, Call call) throws Exception {
    // A call that is being served when the gate is shut has begun its operation then.
    if (!passing.readLock().tryLock()) {
      throw refused();
    }
    try {
      if (shut) {
        throw refused();
      }
      return action.call(call);
    } finally {
      passing.readLock().unlock();
    }
  }

  private static ApiException refused() {
    return new ApiException(503, "the host process is being replaced: try again in a moment");
  }

  /**
   * Shuts it, and waits for calls that have come through.
   *
   * @throws ApiException if it is shut already, or they do not come to their end; it is as before
   */
  public void shut(Duration patience) throws InterruptedException {
    if (!passing.writeLock().tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new ApiException(409, "calls of the API do not come to their end: wait for them");
    }
    try {
      if (shut) {
        throw new ApiException(409, "the machines are being handed over already");
      }
      shut = true;
    } finally {
      passing.writeLock().unlock();
    }
  }

  /** Opens it again. */
  public void open() {
    shut = false;
  }
}
