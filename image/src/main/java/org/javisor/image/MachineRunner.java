package org.javisor.image;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Runs a machine to prepare an image; whoever can boot machines supplies it. */
@FunctionalInterface
public interface MachineRunner {

  /**
   * A machine to run once.
   *
   * @param kernel a RISC-V Linux Image
   * @param initialRamDisk its initial RAM disk
   * @param disks raw disks, in the order of their device names; written in place
   * @param cpus number of harts
   * @param memory bytes of guest memory
   * @param commandLine the kernel command line; the console is ttyS0
   * @param patience how long it may take altogether
   * @param console told every line the machine prints, without its line end
   */
  record Task(
      Path kernel,
      Path initialRamDisk,
      List<Path> disks,
      int cpus,
      long memory,
      String commandLine,
      Duration patience,
      Consumer<String> console) {

    /** Keeps its own copy of the disks. */
    public Task {
      disks = List.copyOf(disks);
    }
  }

  /**
   * How it ended.
   *
   * @param poweredOff whether the machine switched itself off, everything on its disks written
   * @param ending the end in words, such as "the kernel panicked" or "it took more than 30 minutes"
   */
  record Outcome(boolean poweredOff, String ending) {}

  /**
   * Boots the machine and waits until it is over.
   *
   * @throws IOException if it cannot be booted
   * @throws InterruptedException if interrupted; the machine is ended then
   */
  Outcome run(Task task) throws IOException, InterruptedException;
}
