package org.javisor.migration;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.javisor.machine.DirtyLog;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Frame;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;
import org.javisor.migration.protocol.Obstacle;
import org.javisor.migration.protocol.ProtocolException;
import org.javisor.migration.transfer.DiskSender;
import org.javisor.migration.transfer.MemorySender;
import org.javisor.migration.transfer.Pacer;
import org.javisor.storage.block.DirtyBlocks;
import org.javisor.storage.block.LayeredDisk;

/**
 * The side that has a machine and decides. Until {@link DepartingMachine#commit} has returned,
 * whatever happens leaves the machine here as it was; from then on it is the target's.
 */
public final class Source {
  /** How long the target may say nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** How long a prepared target has to say so: the machine stands still meanwhile. */
  private static final Duration STANDSTILL = Duration.ofSeconds(10);

  /** How long a target that fails has to say why. */
  private static final Duration LAST_WORDS = Duration.ofMillis(200);

  private static final int FILE_PIECE = 1 << 18;

  private final Link link;
  private final DepartingMachine machine;
  private final String id;
  private final MigrationPolicy policy;
  private final Consumer<MigrationProgress> listener;
  private final Pacer pacer;
  private final long began = System.nanoTime();
  private volatile MigrationProgress progress = MigrationProgress.BEGINNING;
  private final List<MigrationReport.Round> rounds = new ArrayList<>();
  private long fileBytes;
  private boolean cancelled;

  /**
   * Moves a machine over this link, which stays the caller's.
   *
   * @param id of the migration, unique
   * @param listener hears how far it is; it does not block
   */
  public Source(
      Link link,
      DepartingMachine machine,
      String id,
      MigrationPolicy policy,
      Consumer<MigrationProgress> listener) {
    this.link = link;
    this.machine = machine;
    this.id = id;
    this.policy = policy;
    this.listener = listener;
    pacer = new Pacer(policy.bandwidth());
  }

  /** The target has been told that the machine is its own, but has not answered. */
  public static final class UnconfirmedException extends MigrationException {
    private static final long serialVersionUID = 1L;

    UnconfirmedException(Throwable cause) {
      super(
          Stage.ACTIVATION, "the target has not answered since the machine became its own", cause);
    }
  }

  /** How far it is. */
  public MigrationProgress progress() {
    return progress;
  }

  /**
   * Calls it off, as long as the machine is still here; {@link #run} then ends.
   *
   * @return false if it is too late
   */
  public synchronized boolean cancel() {
    if (progress.stage().compareTo(Stage.COMMITMENT) >= 0) {
      return false;
    }
    cancelled = true;
    try {
      link.close();
    } catch (IOException e) {
      System.getLogger(Source.class.getName())
          .log(System.Logger.Level.DEBUG, "the connection did not end in order", e);
    }
    return true;
  }

  /** From here on nobody can call it off. */
  private synchronized void enter(Stage stage) throws IOException {
    if (cancelled) {
      throw new IOException("it was called off");
    }
    progress = progress.at(stage, link.sent());
    listener.accept(progress);
  }

  /**
   * Moves the machine.
   *
   * @throws UnconfirmedException if the machine is the target's, which did not say that it runs
   * @throws MigrationException if it came to nothing; the machine goes on here
   * @throws InterruptedException likewise
   */
  public MigrationReport run() throws MigrationException, InterruptedException {
    boolean gone = false;
    try (Copy copy = new Copy()) {
      reserve();
      copy.converge();
      Standstill standstill = new Standstill();
      copy.stopAndCopy(standstill);
      enter(Stage.COMMITMENT);
      link.setPatience(STANDSTILL);
      Message.Prepared prepared = link.expect(Message.Prepared.class);
      standstill.preparing = standstill.lap();
      machine.commit();
      gone = true;
      standstill.committing = standstill.lap();
      enter(Stage.ACTIVATION);
      link.send(new Message.Committed());
      Message.Activated activated = link.expect(Message.Activated.class);
      standstill.activating = standstill.lapWithout(activated.recording());
      return copy.report(standstill, prepared);
    } catch (IOException | RuntimeException e) {
      throw gone ? new UnconfirmedException(e) : failed(e);
    } finally {
      if (!gone) {
        machine.slowDown(0);
        machine.goOn();
      }
    }
  }

  /**
   * Asks whether the machine could be moved; it is not.
   *
   * @return bytes of files that the target lacks
   * @throws MigrationException if it could not, and why
   */
  public long check() throws MigrationException {
    try {
      Message.Offer offer = machine.offer(id);
      List<String> missing = offered(offer).missing();
      link.send(new Message.Failed("it was only asked"));
      return offer.files().stream()
          .filter(file -> missing.contains(file.sha256()))
          .mapToLong(Message.File::size)
          .sum();
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private MigrationException failed(Exception e) {
    Stage stage = progress.stage();
    synchronized (this) {
      if (cancelled) {
        return new MigrationException(stage, "it was called off", e);
      }
    }
    if (e instanceof MigrationException known) {
      return known;
    }
    String words =
        e instanceof SocketTimeoutException
            ? "the target has said nothing for a while"
            : lastWords().orElseGet(() -> String.valueOf(e.getMessage()));
    try {
      link.send(new Message.Failed(words));
    } catch (IOException gone) {
      e.addSuppressed(gone);
    }
    return new MigrationException(stage, words, e);
  }

  /** What the target has said before it ended the connection. */
  private Optional<String> lastWords() {
    try {
      link.setPatience(LAST_WORDS);
      return link.receive() instanceof Message.Failed(String reason)
          ? Optional.of(reason)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Message.Reserved offered(Message.Offer offer) throws IOException {
    enter(Stage.PRE_MIGRATION);
    link.setPatience(SILENCE);
    link.send(offer);
    return switch (link.receive()) {
      case Message.Reserved answer -> answer;
      case Message.Refused(List<Obstacle> obstacles) ->
          throw new MigrationException(Stage.PRE_MIGRATION, Obstacle.words(obstacles));
      case Message.Failed failed -> throw new IOException(failed.reason());
      case Frame _ -> throw new ProtocolException("the target says what nobody expects");
    };
  }

  private void reserve() throws IOException, InterruptedException {
    Message.Offer offer = machine.offer(id);
    Message.Reserved reserved = offered(offer);
    enter(Stage.RESERVATION);
    Map<String, Message.File> known =
        offer.files().stream()
            .collect(
                Collectors.toMap(Message.File::sha256, Function.identity(), (one, same) -> one));
    long before = link.sent();
    for (String digest : reserved.missing()) {
      Message.File file = known.get(digest);
      if (file == null) {
        throw new ProtocolException("the target wants a file that the machine has not got");
      }
      sendFile(file);
    }
    fileBytes = link.sent() - before;
  }

  private void sendFile(Message.File file) throws IOException, InterruptedException {
    byte[] piece = new byte[FILE_PIECE];
    try (InputStream content = Files.newInputStream(machine.file(file.sha256()))) {
      for (int n = content.read(piece); n > 0; n = content.read(piece)) {
        pacer.await(n);
        link.send(Content.Kind.FILE, piece, n);
        progress = progress.at(Stage.RESERVATION, link.sent());
        listener.accept(progress);
      }
    }
    link.send(new Message.FileEnd(file.sha256()));
  }

  /** Times of what happens while the machine stands still. */
  private static final class Standstill {
    private long last = System.nanoTime();
    private Duration pausing = Duration.ZERO;
    private Duration memory = Duration.ZERO;
    private Duration disks = Duration.ZERO;
    private Duration state = Duration.ZERO;
    private Duration preparing = Duration.ZERO;
    private Duration committing = Duration.ZERO;
    private Duration activating = Duration.ZERO;

    Duration lap() {
      long now = System.nanoTime();
      Duration lap = Duration.ofNanos(now - last);
      last = now;
      return lap;
    }

    /** A lap that ended so many nanoseconds ago, as the target says. */
    Duration lapWithout(long nanos) {
      Duration lap = lap();
      return nanos < 0 || nanos > lap.toNanos() ? lap : lap.minusNanos(nanos);
    }

    Downtime downtime() {
      return new Downtime(pausing, memory, disks, state, preparing, committing, activating);
    }
  }

  /** Memory and disks, on their way. */
  private final class Copy implements AutoCloseable {
    private final MemorySender memory = new MemorySender(machine.memory(), link, pacer);
    private final List<DiskSender> disks = new ArrayList<>();
    private final Convergence convergence = new Convergence(policy);
    private final DirtyLog log = new DirtyLog(machine.memory());

    /** The rounds during which the machine runs. */
    void converge() throws IOException, InterruptedException {
      enter(Stage.PRE_COPY);
      for (LayeredDisk disk : machine.disks()) {
        disks.add(new DiskSender(disk, disks.size(), link, pacer));
      }
      Convergence.Verdict verdict;
      do {
        verdict = convergence.after(round());
        progress =
            new MigrationProgress(
                Stage.PRE_COPY,
                rounds.size(),
                link.sent(),
                remaining(),
                rounds.getLast().dirtyRate(),
                convergence.bandwidth(),
                convergence.slowdown(),
                convergence.predicted(remaining()));
        listener.accept(progress);
        machine.slowDown(convergence.slowdown());
      } while (verdict == Convergence.Verdict.AGAIN);
      if (verdict == Convergence.Verdict.HOPELESS) {
        throw new MigrationException(
            Stage.PRE_COPY,
            "the machine writes %d MiB of memory a second anew and %d MiB a second can be sent, so it would stand still for %d ms"
                .formatted(
                    rounds.getLast().dirtyRate() >> 20,
                    convergence.bandwidth() >> 20,
                    convergence.predicted(remaining()).toMillis()));
      }
    }

    private MigrationReport.Round round() throws IOException, InterruptedException {
      long start = System.nanoTime();
      long before = link.sent();
      for (DiskSender disk : disks) {
        disk.send();
      }
      BitSet pages;
      Optional<DepartingMachine.State> trial = Optional.empty();
      machine.pause();
      try {
        pages = log.collect();
        if (rounds.isEmpty()) {
          trial = Optional.of(machine.save());
        }
      } finally {
        machine.goOn();
      }
      memory.send(pages);
      if (trial.isPresent()) {
        link.send(new Message.Trial(trial.get().written()));
      }
      link.send(new Message.RoundEnd(rounds.size() + 1));
      if (link.expect(Message.RoundDone.class).round() != rounds.size() + 1) {
        throw new ProtocolException("the target counts otherwise");
      }
      long time = Math.max(1, System.nanoTime() - start);
      MigrationReport.Round round =
          new MigrationReport.Round(
              pages.cardinality(),
              link.sent() - before,
              Duration.ofNanos(time),
              (long) (dirtyBytes() * 1e9 / time));
      rounds.add(round);
      return round;
    }

    private long dirtyBytes() {
      return (long) log.count() << GuestMemory.PAGE_SHIFT;
    }

    private long remaining() {
      long blocks = 0;
      for (DiskSender disk : disks) {
        blocks += disk.waiting();
      }
      return dirtyBytes() + blocks * DirtyBlocks.BLOCK;
    }

    /** What is left, while the machine stands still. */
    void stopAndCopy(Standstill standstill) throws IOException, InterruptedException {
      enter(Stage.STOP_AND_COPY);
      standstill.lap();
      machine.pause();
      standstill.pausing = standstill.lap();
      memory.send(log.collect());
      standstill.memory = standstill.lap();
      for (DiskSender disk : disks) {
        disk.send();
      }
      standstill.disks = standstill.lap();
      link.send(new Message.Complete(machine.save().written()));
      standstill.state = standstill.lap();
    }

    MigrationReport report(Standstill standstill, Message.Prepared prepared) {
      return new MigrationReport(
          Duration.ofNanos(System.nanoTime() - began),
          standstill.downtime(),
          Duration.ofNanos(prepared.restoring()),
          Duration.ofNanos(prepared.syncing()),
          link.sent(),
          fileBytes,
          rounds,
          memory.zeroes(),
          memory.unchanged(),
          memory.whole(),
          disks.stream().mapToLong(DiskSender::whole).sum(),
          convergence.slowdown());
    }

    @Override
    public void close() {
      disks.forEach(DiskSender::close);
      log.close();
    }
  }
}
