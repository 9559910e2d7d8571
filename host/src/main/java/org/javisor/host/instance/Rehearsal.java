package org.javisor.host.instance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.KeptMachine;
import org.javisor.host.MachineSpec;
import org.javisor.host.agent.GuestAgent;
import org.javisor.machine.Machine;

/**
 * Runs a machine of what an instance boots for a moment, saves it and builds another one of its
 * state, so that the JVM has loaded and in part compiled what a hand-over needs, while the machines
 * still run elsewhere.
 */
public final class Rehearsal {
  private static final Duration RUNNING = Duration.ofMillis(1500);
  private static final long MEMORY = 256L << 20;

  private Rehearsal() {}

  /** Does it, with what the first instance boots; it changes nothing, and what fails is left. */
  public static void run(Host host, DataFolder data) throws InterruptedException {
    try {
      for (var folder : data.machineFolders()) {
        Optional<KeptMachine> kept = KeptMachine.read(folder);
        if (kept.isPresent()) {
          run(host, kept.get());
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      // The machines are the slower for it, and what is wrong shows when they come.
      System.getLogger(Rehearsal.class.getName()).log(System.Logger.Level.DEBUG, "no rehearsal", e);
    }
  }

  private static void run(Host host, KeptMachine kept) throws IOException, InterruptedException {
    ByteArrayOutputStream state = new ByteArrayOutputStream();
    try (Instance first = build(host, kept)) {
      first.stopOnGuestReset();
      first.start();
      if (first.awaitStop(RUNNING) != null) {
        return;
      }
      first.pause();
      Machine.write(state, first.board().machine().save());
      try (Instance second = build(host, kept)) {
        Machine machine = second.board().machine();
        machine.startPaused(machine.read(new ByteArrayInputStream(state.toByteArray())));
      }
    }
  }

  private static Instance build(Host host, KeptMachine kept) throws InterruptedException {
    try (GuestAgent way = new GuestAgent()) {
      return host.build(
          new MachineSpec(
              new MachineSpec.Boot.OwnKernel(
                  kept.kernel(), Optional.of(kept.initialRamDisk()), Optional.empty()),
              1,
              OptionalLong.of(MEMORY),
              OptionalLong.empty(),
              EngineKind.TRANSLATOR,
              "",
              Optional.empty(),
              false),
          List.copyOf(way.ports()),
          "");
    }
  }
}
