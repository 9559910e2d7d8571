package org.javisor.host.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.image.Progress;
import org.javisor.migration.MigrationException;
import org.javisor.migration.MigrationPolicy;
import org.javisor.migration.protocol.Link;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts in one process, and a connection between them that is cut anywhere. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MovesTest {
  private static final long UNCUT = Long.MAX_VALUE;

  @TempDir private Path folder;
  private Side a;
  private Side b;

  /** A host, which can be opened again. */
  private static final class Side {
    private final DataFolder data;
    private InstanceStore store;

    Side(Path folder) throws Exception {
      data = DataFolder.open(folder);
      store = opened();
    }

    private InstanceStore opened() throws Exception {
      return new InstanceStore(new Host(data, Map.of(), Optional.empty(), Progress.NONE), data);
    }

    void restart() throws Exception {
      store.close();
      store = opened();
      store.startAll();
    }

    boolean has(String name) {
      return store.find(name).isPresent();
    }

    List<String> folders() throws IOException {
      if (!Files.isDirectory(data.machines())) {
        return List.of();
      }
      try (Stream<Path> all = Files.list(data.machines())) {
        return all.map(one -> String.valueOf(one.getFileName())).sorted().toList();
      }
    }
  }

  @BeforeEach
  void open() throws Exception {
    a = new Side(folder.resolve("a"));
    b = new Side(folder.resolve("b"));
  }

  @AfterEach
  void close() {
    a.store.close();
    b.store.close();
  }

  /** An instance that runs, of files that are called by their digests. */
  private HostedInstance running(Side side, String name) throws Exception {
    return TinyKernel.start(side.store, side.data, folder, name, TinyKernel.BUSY);
  }

  /** Bytes that went over the connection. */
  private long move(Side from, Side to, String id, long cut) throws Exception {
    AtomicLong left = new AtomicLong(cut);
    List<Thread> threads = new ArrayList<>();
    try (ServerSocket outside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket inside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Link source = Link.over(new Socket(outside.getInetAddress(), outside.getLocalPort()));
        Socket one = outside.accept();
        Socket other = new Socket(inside.getInetAddress(), inside.getLocalPort())) {
      Link target = Link.over(inside.accept());
      threads.add(pump(one, other, left));
      threads.add(pump(other, one, left));
      threads.add(Thread.ofVirtual().start(() -> receive(to, target)));
      from.store
          .moves()
          .move(
              from.store.get("worker"), id, "to", source, MigrationPolicy.STANDARD, progress -> {});
    } catch (MigrationException e) {
      assertThat(cut).as("%s", e.getMessage()).isLessThan(UNCUT);
    } finally {
      for (Thread thread : threads) {
        thread.join();
      }
    }
    return cut - left.get();
  }

  private static void receive(Side side, Link link) {
    try (link) {
      side.store.moves().receive(link, "from");
    } catch (IOException | InterruptedException e) {
      return; // Which of the two has it is looked at afterwards.
    }
  }

  private static Thread pump(Socket from, Socket to, AtomicLong left) {
    return Thread.ofVirtual()
        .start(
            () -> {
              byte[] bytes = new byte[1 << 12];
              try (from;
                  to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                  long before = left.getAndAdd(-n);
                  out.write(bytes, 0, (int) Math.min(n, Math.max(0, before)));
                  if (before < n) {
                    return;
                  }
                }
              } catch (IOException e) {
                return; // One of the two has gone.
              }
            });
  }

  /** What two hosts say to each other once they can. */
  private static void settle(Side from, Side to) throws Exception {
    for (DepartureRecord departed : from.store.moves().departed()) {
      assertThat(to.store.moves().settle(departed.migration(), Moves.Outcome.COMMITTED)).isTrue();
      from.store.moves().confirmed(departed.migration());
    }
    for (Moves.Doubt doubt : to.store.moves().doubts()) {
      String id = doubt.record().migration();
      assertThat(to.store.moves().settle(id, from.store.moves().outcome(id))).isTrue();
    }
  }

  @Test
  void anInstanceMovesThereAndBack() throws Exception {
    running(a, "worker");
    move(a, b, "1", UNCUT);
    assertThat(a.has("worker")).isFalse();
    assertThat(a.folders()).isEmpty();
    assertThat(b.store.get("worker").status()).isEqualTo(InstanceStatus.RUNNING);
    b.store.get("worker").pause();
    move(b, a, "2", UNCUT);
    assertThat(b.folders()).isEmpty();
    assertThat(a.store.get("worker").status()).isEqualTo(InstanceStatus.FROZEN);
    a.store.get("worker").resume();
    a.restart();
    assertThat(a.store.get("worker").status()).isEqualTo(InstanceStatus.RUNNING);
  }

  @Test
  void whereverItIsCutExactlyOneHostHasTheInstanceOnceTheyHaveSpoken() throws Exception {
    running(a, "worker");
    long whole = move(a, b, "whole", UNCUT);
    Random random = new Random(17);
    Side has = b;
    Side other = a;
    int moved = 0;
    for (int i = 0; i < 30; i++) {
      // Most of them near the end, where it is decided.
      long cut =
          random.nextInt(4) == 0
              ? (long) (random.nextDouble() * whole)
              : whole - random.nextInt(1500) + 300;
      move(has, other, "cut-" + i, cut);
      if (random.nextBoolean()) {
        has.restart();
      }
      if (random.nextBoolean()) {
        other.restart();
      }
      assertThat(has.has("worker") && other.has("worker")).as("case %d", i).isFalse();
      settle(has, other);
      assertThat(has.has("worker")).as("case %d", i).isNotEqualTo(other.has("worker"));
      Side now = has.has("worker") ? has : other;
      assertThat(now.store.get("worker").status())
          .as("case %d", i)
          .isEqualTo(InstanceStatus.RUNNING);
      assertThat(now.folders()).containsExactly("worker");
      assertThat((now == has ? other : has).folders()).as("case %d", i).isEmpty();
      if (now == other) {
        other = has;
        has = now;
        moved++;
      }
    }
    assertThat(moved).isBetween(3, 27);
  }

  @Test
  void whatTheTargetCannotHaveStaysWhereItIs() throws Exception {
    running(a, "worker");
    running(b, "worker");
    assertThatThrownBy(() -> move(a, b, "1", UNCUT))
        .hasMessageContaining("an instance is called worker already");
    b.store.get("worker").powerOff();
    b.store.delete(b.store.get("worker"));
    b.store.configuration().update(config -> Map.of("javisor.machines.max", "1"));
    running(b, "another");
    assertThatThrownBy(() -> move(a, b, "2", UNCUT)).hasMessageContaining("no room for worker");
    assertThat(b.folders()).containsExactly("another");
    assertThat(a.store.get("worker").status()).isEqualTo(InstanceStatus.RUNNING);
    a.store.get("worker").takeSnapshot("first", false, Optional.empty());
    assertThatThrownBy(() -> move(a, b, "3", UNCUT)).hasMessageContaining("has snapshots");
  }
}
