package org.javisor.host.instance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.JsonFile;
import org.javisor.host.KeptMachine;
import org.javisor.host.ProblemException;
import org.javisor.image.DiskRoom;
import org.javisor.migration.ArrivingMachine;
import org.javisor.migration.MigrationException;
import org.javisor.migration.MigrationPolicy;
import org.javisor.migration.MigrationProgress;
import org.javisor.migration.MigrationReport;
import org.javisor.migration.Reception;
import org.javisor.migration.Source;
import org.javisor.migration.Target;
import org.javisor.migration.file.MachineFile;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;
import org.javisor.migration.protocol.Obstacle;
import tools.jackson.core.JacksonException;

/**
 * The instances that leave this host for another one or come from one, and those of which one of
 * the two has not heard yet what became of them.
 */
public final class Moves {
  private final InstanceStore store;
  private final Host host;
  private final DataFolder data;
  private final Map<String, Source> leaving = new ConcurrentHashMap<>();
  private final Map<String, DepartureRecord> departed = new ConcurrentHashMap<>();
  private final Set<String> arriving = ConcurrentHashMap.newKeySet();
  private final Map<String, Doubt> doubts = new ConcurrentHashMap<>();

  /** Those of the doubts whose machines are here. */
  private final Map<String, Arrival> arrivals = new ConcurrentHashMap<>();

  Moves(InstanceStore store, Host host, DataFolder data) {
    this.store = store;
    this.host = host;
    this.data = data;
  }

  /** What became of a migration, as its source knows. */
  public enum Outcome {
    /** It goes on; nobody knows. */
    RUNNING,
    /** The instance is the target's. */
    COMMITTED,
    /** The instance is the source's: there is no record of anything else. */
    ABORTED
  }

  /** An instance of which only its source knows whether it is this host's. */
  public interface Doubt {
    /** By which it came, and from where. */
    ArrivalRecord record();

    /** It is this host's. */
    void commit() throws IOException, InterruptedException;

    /** It is not. */
    void abort();
  }

  /**
   * Looks at the folder of an instance for what a killed process has left of a move. Where that
   * cannot be read, the instance is not this host's: it might be another one's.
   *
   * @return whether the folder is of an instance of this host
   */
  boolean isHere(Path folder) {
    try {
      return look(folder);
    } catch (IOException e) {
      System.getLogger(Moves.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "what became of the instance in {0} is not known, so it is left alone: {1}",
              folder,
              e.getMessage());
      return false;
    }
  }

  private boolean look(Path folder) throws IOException {
    Optional<DepartureRecord> left =
        read(folder.resolve(DepartureRecord.FILE), DepartureRecord.class);
    if (left.isPresent()) {
      departed.put(left.get().migration(), left.get());
      return false;
    }
    Path aside = folder.resolve(KeptMachine.ASIDE);
    Optional<ArrivalRecord> arrival = read(aside.resolve(ArrivalRecord.FILE), ArrivalRecord.class);
    if (arrival.isEmpty()) {
      return true;
    }
    if (KeptMachine.read(folder).isPresent()) {
      forget(folder);
      return true;
    }
    if (arrival.get().prepared() && !arrival.get().source().equals(ArrivalRecord.FROM_FILE)) {
      doubts.put(arrival.get().migration(), new Remembered(arrival.get(), folder));
    } else {
      discard(data, arrival.get());
    }
    return false;
  }

  private static <T> Optional<T> read(Path file, Class<T> form) throws IOException {
    try {
      return Optional.of(JsonFile.read(file, form));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw new IOException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  private static void forget(Path folder) throws IOException {
    Path aside = folder.resolve(KeptMachine.ASIDE);
    Files.deleteIfExists(aside.resolve(ArrivalRecord.FILE));
    Files.deleteIfExists(aside);
  }

  /**
   * Moves an instance to another host.
   *
   * @param id of the migration, unique
   * @param target what that host is called
   * @param link to it, which stays the caller's
   * @param listener hears how far it is; it does not block
   * @throws MigrationException if it came to nothing, or {@link Source.UnconfirmedException}
   * @throws ProblemException if the instance cannot be moved as it is
   */
  public MigrationReport move(
      HostedInstance instance,
      String id,
      String target,
      Link link,
      MigrationPolicy policy,
      Consumer<MigrationProgress> listener)
      throws MigrationException, InterruptedException {
    Departure departure = new Departure(instance, instance.beginMove(), target);
    try {
      Source source = new Source(link, departure, id, policy, listener);
      leaving.put(id, source);
      MigrationReport report;
      try {
        report = source.run();
      } finally {
        if (departure.isCommitted()) {
          departed.putIfAbsent(
              id, new DepartureRecord(DepartureRecord.VERSION, id, instance.name(), target));
          depart(instance);
        }
        leaving.remove(id);
      }
      confirmed(id);
      return report;
    } finally {
      end(departure);
      instance.endMove();
    }
  }

  private static void end(Departure departure) {
    try {
      departure.end();
    } catch (IOException e) {
      // It is removed when a process opens the data folder the next time.
      System.getLogger(Moves.class.getName())
          .log(System.Logger.Level.DEBUG, "the record of a departure is left", e);
    }
  }

  /**
   * Asks another host whether it could have an instance.
   *
   * @return bytes of files that it lacks
   * @throws MigrationException if it could not, and why
   */
  public long check(HostedInstance instance, String id, String target, Link link)
      throws MigrationException, InterruptedException {
    Departure departure = new Departure(instance, instance.beginMove(), target);
    try {
      return new Source(link, departure, id, MigrationPolicy.STANDARD, progress -> {}).check();
    } finally {
      end(departure);
      instance.endMove();
    }
  }

  private void depart(HostedInstance instance) {
    instance.depart();
    store.departed(instance);
  }

  /**
   * Checks that nothing is on its way: who gets this process's machines knows nothing of that.
   *
   * @throws ProblemException if something is
   */
  void requireQuiet() {
    if (!arriving.isEmpty() || !leaving.isEmpty()) {
      throw ProblemException.failed(
          "instances move to this host or from it just now", "wait until they have", null);
    }
  }

  /** Calls a migration off; false if it is too late, or there is none. */
  public boolean cancel(String id) {
    Source source = leaving.get(id);
    return source != null && source.cancel();
  }

  /** What became of a migration from here. */
  public Outcome outcome(String id) {
    // In this order: one that ends is departed before it is no longer leaving.
    if (leaving.containsKey(id)) {
      return Outcome.RUNNING;
    }
    return departed.containsKey(id) ? Outcome.COMMITTED : Outcome.ABORTED;
  }

  /** Those that are another host's, which has not said yet that it knows. */
  public List<DepartureRecord> departed() {
    return List.copyOf(departed.values());
  }

  /** The target knows that the instance is its own: nothing of it is kept here any more. */
  public void confirmed(String id) {
    DepartureRecord record = departed.get(id);
    if (record == null) {
      return;
    }
    try {
      data.removeMachine(record.name());
      departed.remove(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Gets an instance from another host.
   *
   * @param link to it, which stays the caller's
   * @param source what that host is called
   * @throws MigrationException if it came to nothing
   */
  public void receive(Link link, String source) throws MigrationException, InterruptedException {
    Arrivals arrivals = new Arrivals(source);
    try {
      new Target(link, arrivals).run();
    } finally {
      // Only after it is in doubt, if it is.
      arrivals.id.ifPresent(arriving::remove);
    }
  }

  /**
   * Gets an instance from a file.
   *
   * @param name what it is to be called; empty for its own name
   * @return its name
   * @throws MigrationException if it came to nothing
   */
  public String receive(InputStream file, String name)
      throws MigrationException, InterruptedException {
    Arrivals arrivals = new Arrivals(ArrivalRecord.FROM_FILE);
    AtomicReference<String> known = new AtomicReference<>(name);
    try {
      MachineFile.read(
          file,
          offer -> {
            known.set(name.isEmpty() ? offer.name() : name);
            // The same file may be read again, and while it is being read.
            return arrivals.reserve(offer.as(UUID.randomUUID().toString(), known.get()));
          });
      return known.get();
    } finally {
      arrivals.id.ifPresent(arriving::remove);
    }
  }

  /** Those of which the source has to be asked. */
  public List<Doubt> doubts() {
    return List.copyOf(doubts.values());
  }

  /**
   * The source has said what became of an instance that comes from it.
   *
   * @return false if this host is not done with it, so that it has to be told again
   */
  public boolean settle(String id, Outcome outcome) throws IOException, InterruptedException {
    if (arriving.contains(id) || outcome == Outcome.RUNNING) {
      return false;
    }
    Doubt doubt = doubts.get(id);
    if (doubt == null) {
      return true; // It was settled before.
    }
    if (outcome == Outcome.COMMITTED) {
      doubt.commit();
    } else {
      doubt.abort();
    }
    doubts.remove(id);
    arrivals.remove(id);
    return true;
  }

  void doubt(Arrival arrival) {
    arrivals.put(arrival.record().migration(), arrival);
    doubts.put(
        arrival.record().migration(),
        new Doubt() {
          @Override
          public ArrivalRecord record() {
            return arrival.record();
          }

          @Override
          public void commit() throws IOException, InterruptedException {
            arrival.goOn();
            arrival.adopt();
          }

          @Override
          public void abort() {
            arrival.close();
          }
        });
  }

  /** Lets go of the machines of instances in doubt, which are still in doubt afterwards. */
  void close() {
    arrivals.values().forEach(Arrival::release);
    arrivals.clear();
  }

  /** An instance in doubt whose machine has ended with the process that had it. */
  private final class Remembered implements Doubt {
    private final ArrivalRecord record;
    private final Path folder;

    Remembered(ArrivalRecord record, Path folder) {
      this.record = record;
      this.folder = folder;
    }

    @Override
    public ArrivalRecord record() {
      return record;
    }

    @Override
    public void commit() throws IOException, InterruptedException {
      KeptMachine.adopt(folder);
      forget(folder);
      store.arrived(folder);
    }

    @Override
    public void abort() {
      discard(data, record);
    }
  }

  /** An instance that has come runs here. */
  void arrived(HostedInstance instance, ArrivalRecord record) throws IOException {
    doubts.remove(record.migration());
    forget(instance.folder());
    String place = record.source().equals(ArrivalRecord.FROM_FILE) ? "a file" : record.source();
    store.adopt(instance, "came from " + place);
  }

  /** Removes what has come of an instance that does not become this host's. */
  void discard(DataFolder folder, ArrivalRecord record) {
    doubts.remove(record.migration());
    try {
      folder.removeMachine(record.name());
      store.networks().forget(record.name());
    } catch (IOException | RuntimeException e) {
      System.getLogger(Moves.class.getName())
          .log(System.Logger.Level.WARNING, "something of " + record.name() + " is left", e);
    }
  }

  /** What this host does for instances that come from one other. */
  private final class Arrivals implements Reception {
    private final String source;
    private Optional<String> id = Optional.empty();

    Arrivals(String source) {
      this.source = source;
    }

    @Override
    public ArrivingMachine reserve(Message.Offer offer)
        throws RefusedException, InterruptedException {
      MovedConfiguration moved = configuration(offer);
      List<Obstacle> obstacles = new ArrayList<>();
      check(
          obstacles,
          Obstacle.Kind.NAME,
          () -> {
            InstanceSettings.of(moved.config()).spec(offer.name(), moved.image());
            store.requireFree(offer.name());
          });
      check(
          obstacles,
          Obstacle.Kind.ADMISSION,
          () -> store.admission().admit(offer.name(), offer.cpus(), offer.memory()).close());
      check(obstacles, Obstacle.Kind.ROOM, () -> requireRoom(offer));
      if (!obstacles.isEmpty()) {
        throw new RefusedException(obstacles);
      }
      if (!arriving.add(offer.id())) {
        throw refused(Obstacle.Kind.VERSION, "the migration " + offer.id() + " is under way");
      }
      id = Optional.of(offer.id());
      try {
        return Arrival.reserve(store, host, data, offer, moved, source);
      } catch (ProblemException e) {
        throw refused(Obstacle.Kind.NETWORK, e.problem().line());
      } catch (IOException e) {
        throw refused(Obstacle.Kind.ROOM, String.valueOf(e.getMessage()));
      }
    }

    private MovedConfiguration configuration(Message.Offer offer) throws RefusedException {
      try {
        MovedConfiguration moved = JsonFile.parse(offer.configuration(), MovedConfiguration.class);
        if (moved.version() != MovedConfiguration.VERSION || offer.disks().size() > 1) {
          throw refused(
              Obstacle.Kind.VERSION, "the instance is of a version that this host does not know");
        }
        return moved;
      } catch (JacksonException e) {
        throw refused(
            Obstacle.Kind.VERSION,
            "the instance's configuration is not understood: " + e.getOriginalMessage());
      }
    }

    private static RefusedException refused(Obstacle.Kind kind, String detail) {
      return new RefusedException(List.of(new Obstacle(kind, detail)));
    }

    private interface Check {
      void run() throws IOException;
    }

    private static void check(List<Obstacle> obstacles, Obstacle.Kind kind, Check check) {
      try {
        check.run();
      } catch (ProblemException e) {
        obstacles.add(new Obstacle(kind, e.problem().line()));
      } catch (IOException | RuntimeException e) {
        obstacles.add(new Obstacle(kind, String.valueOf(e.getMessage())));
      }
    }

    private void requireRoom(Message.Offer offer) throws IOException {
      long needed =
          offer.files().stream()
              .filter(file -> !ArrivingFile.isHere(host.images().files(), file.sha256()))
              .mapToLong(Message.File::size)
              .sum();
      DiskRoom.require(data.root(), needed);
    }
  }
}
