package org.javisor.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatefulSnapshotTest {
  private static final long MEMORY = 64L << 20;
  private static final SnapshotOptions STANDING = new SnapshotOptions(false, false);
  private static final SnapshotOptions LIVE = SnapshotOptions.standard();

  @TempDir private Path folder;
  private Host host;

  @BeforeEach
  void makeHost() {
    host = SnapshotGuest.host(folder);
  }

  private SnapshotGuest start() throws Exception {
    return SnapshotGuest.start(host, folder, MEMORY);
  }

  @Test
  void aMachineIsTakenBackAsOftenAsWanted() throws Exception {
    try (SnapshotGuest guest = start()) {
      assertThat(guest.say("1")).isEqualTo(".");
      SnapshotFolder first =
          guest.instance().takeSnapshot(folder.resolve("first"), STANDING).folder();
      guest.say("2");
      SnapshotFolder second =
          guest.instance().takeSnapshot(folder.resolve("second"), LIVE).folder();
      guest.say("3");
      for (int i = 0; i < 3; i++) {
        guest.instance().restore(first);
        assertThat(guest.say("g")).isEqualTo("1");
        guest.say("4");
        guest.instance().restore(SnapshotFolder.open(second.path()));
        assertThat(guest.say("g")).isEqualTo("2");
      }
    }
  }

  @Test
  void copiesRunSideBySideAndDoNotSeeEachOther() throws Exception {
    List<SnapshotGuest> copies = new ArrayList<>();
    try (SnapshotGuest guest = start()) {
      guest.say("5");
      SnapshotFolder snapshot =
          guest.instance().takeSnapshot(folder.resolve("snapshot"), LIVE).folder();
      TreeSet<String> addresses = new TreeSet<>();
      TreeSet<String> generations = new TreeSet<>();
      for (int i = 0; i < 6; i++) {
        SnapshotGuest copy = SnapshotGuest.copy(host, snapshot);
        copies.add(copy);
        addresses.add(copy.instance().address().toString());
        generations.add(copy.say("i"));
        assertThat(copy.say("g")).isEqualTo("5");
        copy.say(Integer.toString(i));
      }
      for (int i = 0; i < 6; i++) {
        assertThat(copies.get(i).say("g")).isEqualTo(Integer.toString(i));
        assertThat(copies.get(i).say("p")).isEqualTo("P");
      }
      assertThat(guest.say("g")).isEqualTo("5");
      assertThat(addresses).hasSize(6);
      // Each says six random bits.
      assertThat(generations).hasSizeGreaterThan(1);
    } finally {
      copies.forEach(SnapshotGuest::close);
    }
  }

  @Test
  void aCopyThatChangesItsCodeChangesNobodyElses() throws Exception {
    try (SnapshotGuest guest = start()) {
      guest.say("a");
      SnapshotFolder snapshot =
          guest.instance().takeSnapshot(folder.resolve("snapshot"), STANDING).folder();
      try (SnapshotGuest one = SnapshotGuest.copy(host, snapshot);
          SnapshotGuest other = SnapshotGuest.copy(host, snapshot)) {
        for (int i = 0; i < 50; i++) {
          assertThat(one.say("a")).isEqualTo("A");
          assertThat(other.say("a")).isEqualTo("A");
        }
        one.say("m");
        for (int i = 0; i < 50; i++) {
          assertThat(one.say("a")).isEqualTo("B");
          assertThat(other.say("a")).isEqualTo("A");
        }
        try (SnapshotGuest late = SnapshotGuest.copy(host, snapshot)) {
          assertThat(late.say("a")).isEqualTo("A");
        }
        one.instance().restore(snapshot);
        assertThat(one.say("a")).isEqualTo("A");
      }
      assertThat(guest.say("a")).isEqualTo("A");
    }
  }

  @Test
  void aGuestThatWritesAllTheTimeIsWholeInEachOfAChainOfLiveSnapshots() throws Exception {
    List<SnapshotFolder> chain = new ArrayList<>();
    try (SnapshotGuest guest = start()) {
      for (int i = 0; i < 6; i++) {
        guest.say(Integer.toString(i));
        TakenSnapshot taken = guest.instance().takeSnapshot(folder.resolve("snapshot" + i), LIVE);
        chain.add(taken.folder());
        assertThat(taken.folder().manifest().previous())
            .isEqualTo(i == 0 ? "" : chain.get(i - 1).manifest().id());
      }
      assertThat(guest.say("p")).isEqualTo("P");
    }
    // Every one stands for itself.
    chain.removeFirst().delete();
    for (int i = 0; i < chain.size(); i++) {
      SnapshotFolder snapshot = SnapshotFolder.open(chain.get(i).path());
      try (SnapshotGuest copy = SnapshotGuest.copy(host, snapshot)) {
        assertThat(copy.say("g")).isEqualTo(Integer.toString(i + 1));
        assertThat(copy.say("p")).isEqualTo("P");
        // The first snapshot of a copy needs only what that has written.
        TakenSnapshot again =
            copy.instance()
                .takeSnapshot(folder.resolve("again" + i), new SnapshotOptions(false, true));
        assertThat(again.folder().manifest().previous()).isEqualTo(snapshot.manifest().id());
        assertThat(again.bytesWritten()).isLessThan(5L << 20);
        SnapshotFolder.open(again.folder().path());
      }
      snapshot.delete();
      assertThat(snapshot.path()).doesNotExist();
    }
  }

  @Test
  void aSnapshotThatWasMovedIsBegunWithAndOneThatIsGoneIsNot() throws Exception {
    try (SnapshotGuest guest = start()) {
      guest.say("1");
      SnapshotFolder first = guest.instance().takeSnapshot(folder.resolve("first"), LIVE).folder();
      Path moved = Files.move(first.path(), folder.resolve("moved"));
      guest.instance().snapshotMoved(first.path(), moved);
      SnapshotFolder second =
          guest.instance().takeSnapshot(folder.resolve("second"), LIVE).folder();
      assertThat(second.manifest().previous()).isEqualTo(first.manifest().id());
      Files.move(second.path(), folder.resolve("elsewhere"));
      Files.move(moved, second.path());
      SnapshotFolder third = guest.instance().takeSnapshot(folder.resolve("third"), LIVE).folder();
      assertThat(third.manifest().previous()).isEmpty();
      try (SnapshotGuest copy = SnapshotGuest.copy(host, SnapshotFolder.open(third.path()))) {
        assertThat(copy.say("g")).isEqualTo("1");
        assertThat(copy.say("p")).isEqualTo("P");
      }
    }
  }

  @Test
  void aPausedMachineStaysPaused() throws Exception {
    try (SnapshotGuest guest = start()) {
      guest.say("7");
      guest.instance().pause();
      long before = guest.instance().metrics().instructions();
      SnapshotFolder snapshot =
          guest.instance().takeSnapshot(folder.resolve("snapshot"), LIVE).folder();
      guest.instance().restore(snapshot);
      assertThat(guest.instance().metrics().instructions()).isEqualTo(before);
      guest.instance().resume();
      assertThat(guest.say("g")).isEqualTo("7");
    }
  }

  @Test
  void damageIsNamedWhereverItIs() throws Exception {
    SnapshotFolder snapshot;
    try (SnapshotGuest guest = start()) {
      guest.say("p");
      snapshot = guest.instance().takeSnapshot(folder.resolve("snapshot"), LIVE).folder();
    }
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (String name : List.of("memory", "state", "manifest")) {
      Path file = snapshot.path().resolve(name);
      byte[] whole = name.equals("memory") ? new byte[0] : Files.readAllBytes(file);
      long length = Files.size(file);
      for (int i = 0; i < 60; i++) {
        long at = random.nextLong(length);
        flip(file, at);
        assertThatThrownBy(() -> SnapshotFolder.open(snapshot.path()))
            .as("%s, byte %d, seed %d", name, at, seed)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(name)
            .hasMessageMatching("(?s).*(damaged|cannot be used).*");
        flip(file, at);
      }
      for (int i = 0; i < 60 && whole.length > 0; i++) {
        int end = random.nextInt(whole.length);
        truncate(file, end);
        assertThatThrownBy(() -> SnapshotFolder.open(snapshot.path()))
            .as("%s cut at %d, seed %d", name, end, seed)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(name)
            .hasMessageMatching("(?s).*(damaged|cannot be used).*");
        Files.write(file, whole);
      }
    }
    SnapshotFolder.open(snapshot.path());
    Files.delete(snapshot.path().resolve("manifest"));
    assertThatThrownBy(() -> SnapshotFolder.open(snapshot.path()))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("there is no snapshot");
  }

  @Test
  void whatIsOfAnotherMachineIsRefusedAndLosesNothing() throws Exception {
    try (SnapshotGuest guest = start();
        SnapshotGuest larger = SnapshotGuest.start(host, folder, 2 * MEMORY)) {
      guest.say("8");
      larger.say("9");
      SnapshotFolder snapshot =
          larger.instance().takeSnapshot(folder.resolve("snapshot"), LIVE).folder();
      assertThatThrownBy(() -> guest.instance().restore(snapshot))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("of another machine");
      assertThat(guest.say("g")).isEqualTo("8");
      assertThatThrownBy(() -> guest.instance().takeSnapshot(snapshot.path(), LIVE))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("is there already");
      assertThatThrownBy(
              () -> guest.instance().takeSnapshot(folder.resolve("no/such/folder"), LIVE))
          .isInstanceOf(ProblemException.class);
      assertThat(guest.say("p")).isEqualTo("P");
      Files.delete(folder.resolve("kernel"));
      assertThatThrownBy(() -> SnapshotGuest.copy(host, snapshot))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("which is gone");
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("home", "snapshot");
    }
  }

  @Test
  void aMachineThatIsOffHasNoState() throws Exception {
    try (SnapshotGuest guest = start()) {
      guest.instance().powerOff();
      assertThatThrownBy(() -> guest.instance().takeSnapshot(folder.resolve("snapshot"), LIVE))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("does not run");
      assertThat(folder.resolve("snapshot")).doesNotExist();
    }
  }

  @Test
  void leftoversOfAProcessThatWasKilledGo() throws Exception {
    Path left = Files.createDirectory(folder.resolve("name-12" + SnapshotFolder.UNFINISHED));
    Files.write(left.resolve("memory"), new byte[10]);
    SnapshotFolder.removeUnfinished(folder);
    assertThat(left).doesNotExist();
    SnapshotFolder.removeUnfinished(folder.resolve("nothing"));
  }

  private static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x40)).rewind();
      channel.write(one, at);
    }
  }

  private static void truncate(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }
}
