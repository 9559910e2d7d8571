package org.javisor.host.instance;

import org.javisor.host.agent.GuestAgent;

/** Something that a guest is asked to do by its agent, which may take a while. */
@FunctionalInterface
interface GuestWork {
  /** Waits until it is done, or the guest cannot do it. */
  void run(GuestAgent way) throws InterruptedException;

  /** Has it done in the background. */
  default void begin(GuestAgent way) {
    Thread.ofVirtual()
        .name("guest work")
        .start(
            () -> {
              try {
                run(way);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
