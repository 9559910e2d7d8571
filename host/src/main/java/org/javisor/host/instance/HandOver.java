package org.javisor.host.instance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javisor.host.DataFolder;
import org.javisor.host.Instance;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.HandOverLink;
import org.javisor.host.handover.HandOverMessage;
import org.javisor.host.handover.MachineTransfer;

/**
 * Gives all machines of this process to another one that waits for them. If that does not work out,
 * they go on here.
 */
public final class HandOver {
  /** How long the other process has to read what is kept, and to open the networks. */
  private static final Duration PREPARATION = Duration.ofSeconds(60);

  /** How long machines stand still at most before they go on here. */
  private static final Duration STANDSTILL = Duration.ofSeconds(20);

  /** How long the other process has to let go of files when it is told so, or has died. */
  private static final Duration RELEASE = Duration.ofSeconds(5);

  private final InstanceStore store;
  private final DataFolder data;
  private final List<Held> held = new ArrayList<>();
  private long receiver;

  /** An instance that stands still, since then. */
  private record Held(HostedInstance instance, long since) {}

  /** A hand-over of all machines. */
  public HandOver(InstanceStore store, DataFolder data) {
    this.store = store;
    this.data = data;
  }

  /**
   * Hands over. When this returns the machines are the other process's, and this one is to end
   * without touching them.
   *
   * @param socket where the other process waits
   * @throws ProblemException if it came to nothing; all is as before then
   */
  public void run(Path socket) {
    store.moves().requireQuiet();
    boolean given = false;
    try (DataFolder.Reservation reservation = data.reserve()) {
      assert reservation != null;
      try (HandOverLink link = HandOverLink.connect(socket)) {
        // Machines in the foreground end with this process: who sits there has lost it anyway.
        give(link, store.all().stream().filter(one -> !one.isForeground()).toList());
        given = true;
      } finally {
        if (!given) {
          keepAll();
        }
      }
    } catch (IOException e) {
      throw ProblemException.failed(
          "the machines were not handed over: "
              + (e.getMessage() == null ? "the new process has ended" : e.getMessage()),
          "they run on in the old process; see the new one's log",
          e);
    }
  }

  private static List<String> names(List<HostedInstance> instances) {
    return instances.stream().map(HostedInstance::name).toList();
  }

  private void give(HandOverLink link, List<HostedInstance> all) throws IOException {
    link.send(
        new HandOverMessage.Greeting(
            ProcessHandle.current().pid(),
            names(all.stream().filter(one -> one.machine().isPresent()).toList()),
            names(all.stream().filter(HostedInstance::awaitsRestart).toList())));
    receiver = expect(link, HandOverMessage.Ready.class, PREPARATION).process();
    all.forEach(instance -> instance.machine().ifPresent(Instance::keepProfile));
    int count = 0;
    for (HostedInstance instance : all) {
      held.add(new Held(instance, System.nanoTime()));
      Optional<MachineTransfer> transfer = instance.handOver();
      if (transfer.isPresent()) {
        link.send(transfer.get());
        count++;
      }
    }
    link.send(new HandOverMessage.Complete(count));
    expect(link, HandOverMessage.Prepared.class, STANDSTILL);
    link.send(new HandOverMessage.Go(count));
  }

  private static <M extends HandOverMessage> M expect(
      HandOverLink link, Class<M> type, Duration timeout) throws IOException {
    HandOverMessage said = link.receive(timeout);
    if (said instanceof HandOverMessage.Refused refused) {
      throw new IOException(refused.reason());
    }
    if (!type.isInstance(said)) {
      throw new IOException("the new process says what nobody expects");
    }
    return type.cast(said);
  }

  private void keepAll() {
    List<Held> stopped = List.copyOf(held);
    held.clear();
    for (Held one : stopped) {
      try {
        keep(one);
      } catch (IOException | RuntimeException e) {
        // Its disk is lost to us: only its plug can be pulled, and it is started again.
        store.warn(one.instance.name(), new IllegalStateException("it stays paused", e));
      } finally {
        one.instance.letGo();
      }
    }
  }

  private void keep(Held one) throws IOException {
    long deadline = System.nanoTime() + RELEASE.toNanos();
    boolean ended = false;
    while (true) {
      try {
        one.instance
            .keep(one.since)
            .ifPresent(
                stood ->
                    System.getLogger(HandOver.class.getName())
                        .log(
                            System.Logger.Level.INFO,
                            "{0} goes on here; it stood still for {1} ms",
                            one.instance.name(),
                            stood.toMillis()));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          if (ended) {
            throw e;
          }
          // It neither goes on nor lets go: without it nobody has the machines but us.
          ended = true;
          deadline = System.nanoTime() + RELEASE.toNanos();
          ProcessHandle.of(receiver).ifPresent(ProcessHandle::destroyForcibly);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
