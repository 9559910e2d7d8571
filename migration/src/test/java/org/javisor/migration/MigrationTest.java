package org.javisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.store.Sha256;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both sides over a real connection, with a machine whose memory and disk change all the time. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MigrationTest {
  private static final long UNCUT = Long.MAX_VALUE;

  @TempDir private Path folder;

  /** How a migration ended on either side. */
  private record End(
      List<Stage> stages,
      boolean reported,
      boolean unconfirmed,
      long sent,
      Sha256 atSource,
      ReceivingHost target) {}

  private End migrate(long seed, long bytes) throws Exception {
    Path place = Files.createDirectory(folder.resolve(seed + "-" + bytes));
    ReceivingHost target = new ReceivingHost(place.resolve("target"));
    List<Stage> stages = new ArrayList<>();
    try (WorkingMachine machine =
            new WorkingMachine(Files.createDirectory(place.resolve("source")), seed);
        SocketPair sockets = new SocketPair(bytes);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Link there = Link.over(sockets.target());
      Future<Boolean> receiving =
          threads.submit(
              succeeds(
                  () -> {
                    new Target(there, target).run();
                    return true;
                  },
                  there));
      Link here = Link.over(sockets.source());
      Source source =
          new Source(
              here,
              machine,
              "migration",
              MigrationPolicy.STANDARD,
              progress -> {
                if (stages.isEmpty() || stages.getLast() != progress.stage()) {
                  stages.add(progress.stage());
                }
              });
      boolean reported = false;
      boolean unconfirmed = false;
      try {
        MigrationReport report = source.run();
        reported = true;
        Downtime parts = report.downtime();
        assertThat(parts.total())
            .isEqualTo(
                parts
                    .pausing()
                    .plus(parts.memory())
                    .plus(parts.disks())
                    .plus(parts.state())
                    .plus(parts.preparing())
                    .plus(parts.committing())
                    .plus(parts.activating()));
      } catch (Source.UnconfirmedException e) {
        unconfirmed = true;
      } catch (MigrationException e) {
        assertThat(machine.isCommitted()).as("%s", e).isFalse();
      } finally {
        here.close();
      }
      receiving.get();
      assertThat(machine.isCommitted()).isEqualTo(reported || unconfirmed);
      assertThat(machine.isRunning()).isNotEqualTo(machine.isCommitted());
      machine.pause();
      return new End(stages, reported, unconfirmed, here.sent(), machine.content(), target);
    }
  }

  private static Callable<Boolean> succeeds(Callable<Boolean> side, Link link) {
    return () -> {
      try (link) {
        return side.call();
      } catch (MigrationException e) {
        return false;
      }
    };
  }

  @Test
  void aMachineThatWorksArrivesWhole() throws Exception {
    End end = migrate(1, UNCUT);
    assertThat(end.reported()).isTrue();
    assertThat(end.stages()).containsExactly(Stage.values());
    ReceivingHost.Arriving arrived = Objects.requireNonNull(end.target().arrived());
    assertThat(arrived.isActive()).isTrue();
    assertThat(arrived.content()).isEqualTo(end.atSource());
    arrived.release();
  }

  @Test
  void whereverTheConnectionIsCutExactlyOneSideHasTheMachine() throws Exception {
    cut(60, 7);
  }

  @Test
  @Tag("long")
  void whereverTheConnectionIsCutAThousandTimes() throws Exception {
    cut(1000, 8);
  }

  private void cut(int cases, long seed) throws Exception {
    Random random = new Random(seed);
    End whole = migrate(seed, UNCUT);
    Objects.requireNonNull(whole.target().arrived()).release();
    for (int i = 0; i < cases; i++) {
      // Half of them near the end, where it matters.
      long bytes =
          random.nextBoolean()
              ? (long) (random.nextDouble() * whole.sent())
              : whole.sent() - random.nextInt(2000) + 500;
      End end = migrate(seed + 1 + i, bytes);
      ReceivingHost.Arriving arrived = end.target().arrived();
      boolean gone = end.reported() || end.unconfirmed();
      if (arrived == null) {
        assertThat(gone).as("case %d, %d bytes", i, bytes).isFalse();
        continue;
      }
      // The target runs it, gives it back, or asks the source; it never loses what was committed.
      assertThat(arrived.isActive() || arrived.isGivenBack() || arrived.isInDoubt())
          .as("case %d, %d bytes", i, bytes)
          .isTrue();
      if (gone) {
        assertThat(arrived.isPrepared()).isTrue();
        assertThat(arrived.isGivenBack()).isFalse();
        assertThat(arrived.content()).isEqualTo(end.atSource());
      } else {
        assertThat(arrived.isActive()).as("case %d, %d bytes", i, bytes).isFalse();
      }
      if (!arrived.isGivenBack()) {
        arrived.release();
      }
    }
  }

  @Test
  void aCancelledMigrationLeavesTheMachine() throws Exception {
    Path place = Files.createDirectory(folder.resolve("cancelled"));
    ReceivingHost target = new ReceivingHost(place.resolve("target"));
    try (WorkingMachine machine =
            new WorkingMachine(Files.createDirectory(place.resolve("source")), 3);
        SocketPair sockets = new SocketPair(UNCUT);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Link there = Link.over(sockets.target());
      Future<Boolean> receiving =
          threads.submit(
              succeeds(
                  () -> {
                    new Target(there, target).run();
                    return true;
                  },
                  there));
      Source[] running = new Source[1];
      running[0] =
          new Source(
              Link.over(sockets.source()),
              machine,
              "migration",
              MigrationPolicy.STANDARD,
              progress -> {
                if (progress.stage() == Stage.PRE_COPY) {
                  assertThat(running[0].cancel()).isTrue();
                }
              });
      assertThatThrownBy(running[0]::run)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("called off");
      assertThat(receiving.get()).isFalse();
      assertThat(machine.isRunning()).isTrue();
      assertThat(Objects.requireNonNull(target.arrived()).isGivenBack()).isTrue();
    }
  }

  @Test
  void aHostileSourceOnlyEndsItsOwnMigration() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      Path place = folder.resolve("hostile-" + i);
      ReceivingHost target = new ReceivingHost(place);
      try (SocketPair sockets = new SocketPair(UNCUT);
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Link there = Link.over(sockets.target());
        Future<Boolean> receiving =
            threads.submit(
                succeeds(
                    () -> {
                      new Target(there, target).run();
                      return true;
                    },
                    there));
        attack(sockets, random);
        assertThat(ended(receiving)).as("case %d", i).isFalse();
        ReceivingHost.Arriving arrived = target.arrived();
        assertThat(arrived == null || arrived.isGivenBack()).as("case %d", i).isTrue();
      }
    }
  }

  private static boolean ended(Future<Boolean> side) throws Exception {
    try {
      return side.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a side failed as it never should", e.getCause());
    }
  }

  private static void attack(SocketPair sockets, Random random) throws IOException {
    Link link = Link.over(sockets.source());
    DataOutputStream raw = new DataOutputStream(sockets.source().getOutputStream());
    try {
      int honest = random.nextInt(3);
      if (honest > 0) {
        link.send(
            new Message.Offer(
                "id",
                "worker",
                1,
                WorkingMachine.MEMORY,
                new Message.Hardware(false, "", "", List.of()),
                List.of(new Message.Disk(WorkingMachine.DISK, "")),
                List.of(),
                "{}",
                false));
        link.expect(Message.Reserved.class);
      }
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        byte[] bytes = new byte[random.nextInt(5000)];
        random.nextBytes(bytes);
        switch (random.nextInt(6)) {
          case 0 -> raw.write(bytes);
          case 1 ->
              link.send(
                  org.javisor.migration.protocol.Content.Kind.values()[random.nextInt(3)],
                  bytes,
                  bytes.length);
          case 2 -> link.send(new Message.Committed());
          case 3 -> link.send(new Message.Complete(bytes));
          case 4 -> link.send(new Message.FileEnd("00"));
          default -> {
            raw.writeByte(random.nextInt(256));
            raw.writeInt(random.nextInt());
            raw.writeInt(random.nextInt());
            raw.write(bytes);
          }
        }
      }
    } catch (IOException e) {
      return; // It has been thrown out.
    } finally {
      link.close();
    }
  }
}
