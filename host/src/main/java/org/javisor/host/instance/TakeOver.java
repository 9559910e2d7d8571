package org.javisor.host.instance;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.HandOverLink;
import org.javisor.host.handover.HandOverMessage;
import org.javisor.host.handover.MachineTransfer;

/** Goes on with the machines of another process, which hands them over. */
public final class TakeOver {
  private final Host host;
  private final DataFolder data;
  private final HandOverLink link;
  private final List<Standstill> standstills = new ArrayList<>();
  private long giver;
  private List<String> restarting = List.of();

  /**
   * How long a machine stood still, and what took how long of it.
   *
   * @param instance its name
   * @param saving until its state had been saved and its disk closed
   * @param building until it had been built here
   * @param waiting until all others had too, and it ran
   * @param total all of it
   */
  public record Standstill(
      String instance, Duration saving, Duration building, Duration waiting, Duration total) {}

  private record Taken(HostedInstance instance, MachineTransfer transfer, long builtAt) {}

  /** Takes over what comes by this link, which stays the caller's. */
  public TakeOver(Host host, DataFolder data, HandOverLink link) {
    this.host = host;
    this.data = data;
    this.link = link;
  }

  /**
   * Takes over. The other process has been told if this fails; what was built of the machines here
   * must never run then: this process is to end.
   *
   * @return the instances; the machines run
   * @throws ProblemException if it came to nothing
   */
  public InstanceStore run() throws InterruptedException {
    try {
      return takeOver();
    } catch (IOException e) {
      throw ProblemException.failed(
          "no machines were taken over: "
              + (e.getMessage() == null ? "the old process has ended" : e.getMessage()),
          "",
          e);
    } catch (RuntimeException e) {
      refuse(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private void refuse(String reason) {
    try {
      link.send(new HandOverMessage.Refused(reason));
    } catch (IOException e) {
      // It sees that this process has ended.
    }
  }

  private InstanceStore takeOver() throws IOException, InterruptedException {
    HandOverMessage.Greeting greeting = hear(HandOverMessage.Greeting.class);
    giver = greeting.process();
    restarting = greeting.restarting();
    InstanceStore store = new InstanceStore(host, data, false);
    for (String name : greeting.machines()) {
      store.get(name).expect();
    }
    link.send(new HandOverMessage.Ready(ProcessHandle.current().pid()));
    List<Taken> taken = build(store);
    link.send(new HandOverMessage.Prepared(taken.size()));
    // However long it takes: only the other process knows whether it goes on with them itself.
    hear(HandOverMessage.Go.class);
    for (Taken one : taken) {
      Duration total = one.instance.goOn(one.transfer);
      long saved = one.transfer.savedAt() - one.transfer.stoodAt();
      long built = one.builtAt - one.transfer.savedAt();
      standstills.add(
          new Standstill(
              one.transfer.name(),
              Duration.ofNanos(saved),
              Duration.ofNanos(built),
              total.minusNanos(saved + built),
              total));
    }
    return store;
  }

  private <M extends HandOverMessage> M hear(Class<M> type) throws IOException {
    HandOverMessage said = link.receive();
    if (!type.isInstance(said)) {
      throw new IOException("the old process says what nobody expects");
    }
    return type.cast(said);
  }

  private List<Taken> build(InstanceStore store) throws IOException, InterruptedException {
    List<Future<Taken>> building = new ArrayList<>();
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      HandOverMessage said = link.receive();
      while (said instanceof MachineTransfer transfer) {
        building.add(workers.submit(() -> build(store, transfer)));
        said = link.receive();
      }
      if (!(said instanceof HandOverMessage.Complete complete)
          || complete.machines() != building.size()) {
        throw new IOException("the old process says what nobody expects");
      }
    }
    List<Taken> taken = new ArrayList<>();
    for (Future<Taken> one : building) {
      try {
        taken.add(one.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException problem) {
          throw problem;
        }
        throw new IOException(e.getCause());
      }
    }
    return taken;
  }

  private static Taken build(InstanceStore store, MachineTransfer transfer)
      throws InterruptedException {
    HostedInstance instance = store.get(transfer.name());
    instance.takeOver(transfer);
    return new Taken(instance, transfer, System.nanoTime());
  }

  /** The process that has handed over. */
  public long giver() {
    return giver;
  }

  /** How long each machine stood still. */
  public List<Standstill> standstills() {
    return List.copyOf(standstills);
  }

  /** Begins what had to wait until the other process is gone. */
  public void settle(InstanceStore store) {
    store.networks().listen();
    store.all().forEach(HostedInstance::settle);
    try {
      store.removeLeftovers();
    } catch (IOException e) {
      store.warn("snapshots", new IllegalStateException("something half-made is left", e));
    }
    for (String name : restarting) {
      store.find(name).ifPresent(instance -> startAgain(store, instance));
    }
  }

  private static void startAgain(InstanceStore store, HostedInstance instance) {
    Thread.ofVirtual()
        .name("restart " + instance.name())
        .start(
            () -> {
              try {
                instance.start();
              } catch (RuntimeException e) {
                store.warn(instance.name(), e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
