package org.javisor.migration;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Frame;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;
import org.javisor.migration.protocol.ProtocolException;
import org.javisor.migration.transfer.DiskReceiver;
import org.javisor.migration.transfer.MemoryReceiver;

/**
 * The side that gets a machine. What it expects next follows from its stage; whatever else comes,
 * or nothing, is the end, and gives back what was set aside.
 */
public final class Target {
  /** How long the source may say nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** What was said last, and so what may come. */
  private sealed interface State {
    /** Nothing. */
    record Waiting() implements State {}

    /** These files are lacking, the first of which comes. */
    record Fetching(Message.Offer offer, ArrivingMachine machine, List<Message.File> missing)
        implements State {}

    /** Memory and disks come. */
    record Copying(
        ArrivingMachine machine, MemoryReceiver memory, DiskReceiver disks, boolean tried)
        implements State {}

    /** All has come; only the source knows whose it is. */
    record Prepared(ArrivingMachine machine) implements State {}

    /** It runs here. */
    record Active() implements State {}
  }

  private final Link link;
  private final Reception reception;
  private volatile Stage stage = Stage.PRE_MIGRATION;

  /** Gets a machine over this link, which stays the caller's. */
  public Target(Link link, Reception reception) {
    this.link = link;
    this.reception = reception;
  }

  /** How far it is. */
  public Stage stage() {
    return stage;
  }

  /**
   * Gets the machine.
   *
   * @throws MigrationException if it came to nothing; nothing is left here, unless the machine was
   *     prepared: then {@link ArrivingMachine#leaveInDoubt} was called
   */
  public void run() throws MigrationException, InterruptedException {
    State state = new State.Waiting();
    try {
      link.setPatience(SILENCE);
      while (!(state instanceof State.Active)) {
        state =
            switch (state) {
              case State.Waiting _ -> reserve();
              case State.Fetching fetching -> fetch(fetching);
              case State.Copying copying -> copy(copying);
              case State.Prepared prepared -> activate(prepared);
              case State.Active active -> active;
            };
      }
    } catch (CalledOffException e) {
      throw new MigrationException(stage, words(e), e);
    } catch (IOException | RuntimeException e) {
      give(state, e);
      throw e instanceof MigrationException known
          ? known
          : new MigrationException(stage, words(e), e);
    } catch (InterruptedException | Error e) {
      give(state, e);
      throw e;
    }
  }

  private static String words(Exception e) {
    return e instanceof SocketTimeoutException
        ? "the other host has said nothing for " + SILENCE.toSeconds() + " s"
        : e.getMessage() == null ? "the other host has ended the connection" : e.getMessage();
  }

  /** Gives back what was set aside, if it may be. */
  private void give(State state, Throwable cause) {
    switch (state) {
      case State.Waiting _, State.Active _ -> {}
      case State.Fetching fetching -> fetching.machine().close();
      case State.Copying copying -> copying.machine().close();
      case State.Prepared prepared -> prepared.machine().leaveInDoubt();
    }
    if (!(state instanceof State.Prepared)) {
      tell(new Message.Failed(String.valueOf(cause.getMessage())));
    }
  }

  private State reserve() throws IOException, InterruptedException {
    Message.Offer offer = link.expect(Message.Offer.class);
    stage = Stage.RESERVATION;
    ArrivingMachine machine;
    try {
      machine = reception.reserve(offer);
    } catch (Reception.RefusedException e) {
      link.send(new Message.Refused(e.obstacles()));
      throw new MigrationException(stage, "refused: " + e.getMessage(), e);
    }
    State.Fetching next =
        new State.Fetching(
            offer,
            machine,
            offer.files().stream().filter(file -> !machine.has(file.sha256())).toList());
    boolean said = false;
    try {
      link.send(new Message.Reserved(next.missing().stream().map(Message.File::sha256).toList()));
      said = true;
      return next;
    } finally {
      if (!said) {
        machine.close();
      }
    }
  }

  private State fetch(State.Fetching state) throws IOException, InterruptedException {
    for (Message.File file : state.missing()) {
      try (IncomingFile incoming = state.machine().receive(file)) {
        fetch(file, incoming.content());
        incoming.keep();
      }
    }
    state.machine().build();
    stage = Stage.PRE_COPY;
    return new State.Copying(
        state.machine(),
        new MemoryReceiver(state.machine().memory()),
        new DiskReceiver(state.machine().disks()),
        false);
  }

  private void fetch(Message.File file, OutputStream target) throws IOException {
    var channel = Channels.newChannel(target);
    long size = 0;
    while (true) {
      switch (link.receive()) {
        case Content(Content.Kind kind, var bytes) when kind == Content.Kind.FILE -> {
          size += bytes.remaining();
          if (size > file.size()) {
            throw new ProtocolException("a file that is longer than it was said to be");
          }
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
        case Message.FileEnd end when end.sha256().equals(file.sha256()) -> {
          if (size < file.size()) {
            throw new ProtocolException("a file that is shorter than it was said to be");
          }
          return;
        }
        case Frame other -> throw unexpected(other);
      }
    }
  }

  private State copy(State.Copying state) throws IOException, InterruptedException {
    switch (link.receive()) {
      case Content(Content.Kind kind, var bytes) when kind == Content.Kind.PAGES ->
          state.memory().take(bytes);
      case Content(Content.Kind kind, var bytes) when kind == Content.Kind.BLOCKS ->
          state.disks().take(bytes);
      case Message.Trial(byte[] tried) -> {
        state.machine().attempt(tried);
        return new State.Copying(state.machine(), state.memory(), state.disks(), true);
      }
      case Message.RoundEnd(int round) -> {
        // What is on stable storage now need not get there while the machine stands still.
        state.disks().flush();
        link.send(new Message.RoundDone(round));
      }
      case Message.Complete(byte[] saved) when state.tried() -> {
        stage = Stage.COMMITMENT;
        return prepare(state, saved);
      }
      case Frame other -> throw unexpected(other);
    }
    return state;
  }

  private State prepare(State.Copying state, byte[] saved)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    state.disks().flush();
    long synced = System.nanoTime();
    state.machine().prepare(saved);
    // If this fails the source may have got it all the same: only it can say what becomes of the
    // machine then.
    tell(new Message.Prepared(System.nanoTime() - synced, synced - began));
    return new State.Prepared(state.machine());
  }

  private State activate(State.Prepared state) throws IOException, InterruptedException {
    switch (link.receive()) {
      case Message.Committed _ -> {}
      case Message.Failed failed -> {
        state.machine().close();
        throw new CalledOffException(failed.reason());
      }
      case Frame other -> throw unexpected(other);
    }
    stage = Stage.ACTIVATION;
    // The source's record makes it ours. Should we die before ours is there, we ask for it.
    state.machine().goOn();
    long runs = System.nanoTime();
    state.machine().adopt();
    // If the source does not hear of it, it asks.
    tell(new Message.Activated(System.nanoTime() - runs));
    return new State.Active();
  }

  private void tell(Message message) {
    try {
      link.send(message);
    } catch (IOException e) {
      System.getLogger(Target.class.getName())
          .log(System.Logger.Level.DEBUG, "the source has gone", e);
    }
  }

  /** The source has said that it keeps the machine, which was given back. */
  private static final class CalledOffException extends IOException {
    private static final long serialVersionUID = 1L;

    CalledOffException(String reason) {
      super(reason);
    }
  }

  private static ProtocolException unexpected(Frame frame) {
    return new ProtocolException(
        frame instanceof Message.Failed failed
            ? failed.reason()
            : "the other host says what nobody expects");
  }
}
