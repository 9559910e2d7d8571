package org.javisor.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javisor.image.MachineRunner;
import org.javisor.machine.StopReason;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.jspecify.annotations.Nullable;

/** Boots the machines in which images are configured. */
final class PreparationRunner implements MachineRunner {
  /** A kernel that has panicked asks for a reset at once, which ends the machine. */
  private static final String END_AFTER_PANIC = "panic=-1";

  private final DataFolder data;

  PreparationRunner(DataFolder data) {
    this.data = data;
  }

  @Override
  public Outcome run(Task task) throws IOException, InterruptedException {
    MachineFolder folder = data.throwAway();
    List<OpenDisk> disks = new ArrayList<>();
    Instance instance = null;
    try {
      KernelImage kernel = KernelImage.open(task.kernel());
      Optional<BootFile> initialRamDisk = Optional.of(BootFile.map(task.initialRamDisk()));
      for (Path disk : task.disks()) {
        disks.add(OpenDisk.raw(disk));
      }
      BootPlan plan =
          new BootPlan(
                  kernel,
                  initialRamDisk,
                  disks,
                  task.commandLine(),
                  task.memory(),
                  Optional.empty())
              .withWords(END_AFTER_PANIC);
      instance =
          new Instance(
              plan,
              task.cpus(),
              task.memory(),
              EngineKind.TRANSLATOR,
              folder,
              List.of(),
              NetworkCard.alone(),
              new Beginning.Boot());
    } finally {
      if (instance == null) {
        for (OpenDisk disk : disks) {
          disk.close();
        }
        folder.close();
      }
    }
    try (Instance machine = instance) {
      machine.stopOnGuestReset();
      machine.showConsole(new LineSink(task.console()));
      machine.start();
      StopReason reason = machine.awaitStop(task.patience());
      machine.awaitConsoleWritten();
      return outcome(reason, task);
    }
  }

  private static Outcome outcome(@Nullable StopReason reason, Task task) {
    return switch (reason) {
      case null ->
          new Outcome(false, "it took more than " + task.patience().toMinutes() + " minutes");
      case StopReason.PoweredOff off -> new Outcome(true, "it switched itself off");
      case StopReason.GuestFailed failed -> new Outcome(false, "it said that it had failed");
      case StopReason.GuestReset reset -> new Outcome(false, "its kernel panicked or restarted");
      case StopReason.Killed killed -> new Outcome(false, "it was ended");
      case StopReason.MonitorFailed failed ->
          new Outcome(false, "the machine monitor failed: " + failed.cause());
    };
  }
}
