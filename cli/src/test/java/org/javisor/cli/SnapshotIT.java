package org.javisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineSpec;
import org.javisor.host.RestoredSpec;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.host.snapshot.GuestAdjustment;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.host.snapshot.SnapshotOptions;
import org.javisor.image.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Linux goes on from snapshots: as it was, as somebody else, and at the right time. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SnapshotIT {
  @TempDir private Path folder;
  private final List<Instance> machines = new ArrayList<>();

  @Test
  void copiesOfLinuxAreMachinesOfTheirOwnAtTheRightTime() throws Exception {
    Host host =
        new Host(
            DataFolder.open(JavisorProcess.withSharedImages().home()),
            Map.copyOf(System.getenv()),
            Optional.empty(),
            Progress.NONE);
    try {
      Shell original = boot(host);
      // As if hours had passed between the snapshot and what comes after it.
      original.run("date -u -s '2020-01-01 00:00:00'");
      original.run("stty -echo; echo kept > /root/note");
      SnapshotFolder snapshot =
          original.machine.takeSnapshot(folder.resolve("one"), SnapshotOptions.standard()).folder();
      original.run("echo lost > /root/note");

      TreeSet<String> randomNumbers = new TreeSet<>();
      for (int i = 0; i < 3; i++) {
        CloneIdentity identity = CloneIdentity.named("copy-" + i);
        Shell copy = restored(host, SnapshotFolder.open(snapshot.path()), identity);
        assertThat(copy.run("cat /root/note")).isEqualTo("kept");
        // The kernel has to have heard of it before its random numbers are worth anything.
        copy.run("until dmesg | grep -q 'virtual machine fork'; do sleep 0.1; done");
        randomNumbers.add(copy.run("head -c 16 /dev/urandom | hexdump -e '16/1 \"%02x\"'"));
        for (String line :
            new GuestAdjustment(Optional.of(identity), GuestAdjustment.TimePolicy.JUMP)
                .script()
                .split("\n", -1)) {
          copy.type(line + "\n");
        }
        assertThat(copy.run("hostname")).isEqualTo("copy-" + i);
        assertThat(copy.run("cat /sys/class/net/eth0/address"))
            .isEqualTo(identity.address().toString());
        assertRightTime(copy);
        assertQuiet(copy);
      }
      assertThat(randomNumbers).hasSize(3);

      original.machine.restore(snapshot);
      assertThat(original.run("cat /root/note")).isEqualTo("kept");
      assertThat(original.run("cat /sys/class/net/eth0/address"))
          .isEqualTo(original.machine.address().toString());
      assertQuiet(original);
    } finally {
      machines.forEach(Instance::close);
    }
  }

  /** Nothing in the guest has found that time passed without it. */
  private static void assertQuiet(Shell shell) throws InterruptedException {
    assertThat(shell.run("dmesg | grep -ciE 'rcu.*stall|soft lockup|hung|blocked for|unstable'"))
        .isEqualTo("0");
  }

  private static void assertRightTime(Shell shell) throws InterruptedException {
    Instant guest = Instant.ofEpochSecond(Long.parseLong(shell.run("date +%s")));
    assertThat(Duration.between(guest, Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
  }

  private Shell boot(Host host) throws InterruptedException {
    MachineSpec spec =
        new MachineSpec(
            new MachineSpec.Boot.Image("busybox"),
            1,
            OptionalLong.of(128L << 20),
            OptionalLong.empty(),
            EngineKind.TRANSLATOR,
            "",
            Optional.empty(),
            false);
    Shell shell = new Shell(host.build(spec, List.of(), ""));
    shell.machine.start();
    shell.await("~ # ");
    return shell;
  }

  private Shell restored(Host host, SnapshotFolder snapshot, CloneIdentity identity) {
    Shell shell =
        new Shell(
            host.build(
                snapshot,
                new RestoredSpec(
                    EngineKind.TRANSLATOR, Optional.empty(), List.of(), Optional.of(identity))));
    shell.machine.start();
    return shell;
  }

  /** The shell on a machine's console. */
  private final class Shell extends OutputStream {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Instance machine;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private int commands;

    Shell(Instance machine) {
      this.machine = machine;
      machines.add(machine);
      machine.showConsole(this);
    }

    @Override
    public synchronized void write(int octet) {
      output.write(octet);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      output.write(bytes, offset, length);
      notifyAll();
    }

    private synchronized String text() {
      return output.toString(StandardCharsets.ISO_8859_1);
    }

    void type(String text) throws InterruptedException {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      machine.type(bytes, 0, bytes.length);
    }

    /** What a command writes, without white space around it. */
    String run(String command) throws InterruptedException {
      String begin = "[" + ++commands + "[";
      String end = "]" + commands + "]";
      type(
          "echo '[''"
              + begin.substring(1)
              + "'; "
              + command
              + "; echo ']''"
              + end.substring(1)
              + "'\n");
      await(end);
      String text = text();
      int from = text.lastIndexOf(begin) + begin.length();
      return text.substring(from, text.indexOf(end, from)).strip();
    }

    synchronized void await(String wanted) throws InterruptedException {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (!text().contains(wanted)) {
        long left = until - System.nanoTime();
        assertThat(left).as("waiting for %s after: %s", wanted, text()).isPositive();
        wait(Math.max(1, left / 1_000_000));
      }
    }
  }
}
