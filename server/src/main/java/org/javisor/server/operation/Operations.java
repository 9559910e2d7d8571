package org.javisor.server.operation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.javisor.host.NotFoundException;
import org.javisor.host.ProblemException;
import org.javisor.host.agent.AgentException;
import org.javisor.server.http.ApiException;
import org.javisor.server.http.SocketStream;

/** The operations of this host: those that run, and for a short while those that have ended. */
public final class Operations {
  /** How long the end of an operation can be asked for. */
  private static final Duration REMEMBERED = Duration.ofSeconds(30);

  /** At once, those that have just ended included. */
  private static final int MAX_OPERATIONS = 5000;

  private final Map<String, Operation> operations = new ConcurrentHashMap<>();
  private final LongAdder begun = new LongAdder();
  private final Consumer<Operation> changed;

  /** Operations whose every change is told to this listener. */
  public Operations(Consumer<Operation> changed) {
    this.changed = changed;
  }

  /** What an operation does. */
  @FunctionalInterface
  public interface Work {
    /** Does it; an exception is the operation's failure, an interruption its cancellation. */
    void run(Operation operation) throws Exception;
  }

  /** Begins work. */
  public Operation begin(String description, Map<String, List<String>> resources, Work work) {
    return begin(Operation.Kind.TASK, description, resources, Map.of(), Map.of(), work);
  }

  /**
   * Begins work.
   *
   * @param resources what it is about: kinds and paths
   * @param sockets the WebSockets a client may open, by their secrets
   * @param metadata what is said of it from the beginning
   */
  public Operation begin(
      Operation.Kind kind,
      String description,
      Map<String, List<String>> resources,
      Map<String, SocketStream> sockets,
      Map<String, Object> metadata,
      Work work) {
    if (operations.size() >= MAX_OPERATIONS) {
      throw new ApiException(503, "too many operations run already: wait for some to end");
    }
    Operation operation =
        new Operation(
            kind, description, resources, new LinkedHashMap<>(sockets), metadata, changed);
    operations.put(operation.id(), operation);
    begun.increment();
    Thread thread =
        Thread.ofVirtual()
            .name("operation " + operation.id())
            .unstarted(() -> run(operation, work));
    operation.cancelBy(thread::interrupt);
    thread.start();
    return operation;
  }

  private void run(Operation operation, Work work) {
    changed.accept(operation);
    try {
      work.run(operation);
      operation.finish(Operation.Status.SUCCESS, "");
    } catch (InterruptedException e) {
      operation.finish(Operation.Status.CANCELLED, "cancelled");
    } catch (ProblemException e) {
      operation.finish(Operation.Status.FAILURE, e.problem().line());
    } catch (ApiException | NotFoundException | AgentException e) {
      operation.finish(Operation.Status.FAILURE, String.valueOf(e.getMessage()));
    } catch (Exception | Error e) {
      System.getLogger(Operations.class.getName())
          .log(System.Logger.Level.ERROR, "an operation failed", e);
      operation.finish(
          Operation.Status.FAILURE,
          "this is a bug in javisor: " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    Thread.ofVirtual().start(() -> forget(operation));
  }

  private void forget(Operation operation) {
    try {
      Thread.sleep(REMEMBERED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    operations.remove(operation.id());
  }

  /** The operation of this name. */
  public Optional<Operation> find(String id) {
    return Optional.ofNullable(operations.get(id));
  }

  /** How many have ever begun. */
  public long begun() {
    return begun.sum();
  }

  /** All that are known. */
  public List<Operation> all() {
    return List.copyOf(operations.values());
  }
}
