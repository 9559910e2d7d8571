package org.javisor.server.host;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.javisor.host.ProblemException;
import org.javisor.host.instance.TakeOver;
import org.javisor.server.http.Answer;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.Call;
import org.javisor.server.http.ChangeGate;
import org.javisor.server.http.Route;
import org.javisor.server.operation.Operation;
import org.javisor.server.operation.Operations;

/** The replacement of this process by another one that goes on with its machines. */
public final class HandOverRoutes {
  /** How long operations that run have to come to their end. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String PATH = "/1.0/host/handover";

  private final ChangeGate gate;
  private final Operations operations;
  private final Work handOver;
  private final List<TakeOver.Standstill> taken;

  /** Gives the machines away and ends the process. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does not come back but with an exception.
     *
     * @throws ProblemException if it came to nothing
     */
    void run();
  }

  /**
   * Routes for a process.
   *
   * @param taken what it has taken over itself when it started
   */
  public HandOverRoutes(
      ChangeGate gate, Operations operations, Work handOver, List<TakeOver.Standstill> taken) {
    this.gate = gate;
    this.operations = operations;
    this.handOver = handOver;
    this.taken = List.copyOf(taken);
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.of("GET", PATH, this::report), Route.of("POST", PATH, this::begin));
  }

  private Answer report(Call call) {
    return Answer.of(
        taken.stream()
            .map(
                one -> {
                  Map<String, Object> view = new LinkedHashMap<>();
                  view.put("instance", one.instance());
                  view.put("standstill_ms", millis(one.total()));
                  view.put("saving_ms", millis(one.saving()));
                  view.put("building_ms", millis(one.building()));
                  view.put("waiting_ms", millis(one.waiting()));
                  return view;
                })
            .toList());
  }

  private static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e4) / 1e2;
  }

  private Answer begin(Call call) throws InterruptedException {
    if (!call.caller().local()) {
      throw new ApiException(403, "only a process of this host can take over its machines");
    }
    gate.shut(PATIENCE);
    try {
      awaitOperations();
      handOver.run();
      throw new IllegalStateException("the process has not ended");
    } finally {
      gate.open();
    }
  }

  private void awaitOperations() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (List<Operation> running = running(); !running.isEmpty(); running = running()) {
      if (System.nanoTime() > deadline) {
        throw ProblemException.failed(
            "operations are running: "
                + running.stream().map(Operation::description).collect(Collectors.joining(", ")),
            "wait for them, or cancel them",
            null);
      }
      Thread.sleep(20);
    }
  }

  /** Those that change something; what has a client at its other end just ends. */
  private List<Operation> running() {
    return operations.all().stream()
        .filter(one -> one.kind() == Operation.Kind.TASK && !one.isOver())
        .toList();
  }
}
