package org.javisor.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javisor.host.ProblemException;

/** A program that can boot a machine with its serial console on standard output. */
sealed interface Peer {
  /** Its name in reports. */
  String name();

  /** The command that boots the machine; it ends when the guest powers off or resets. */
  List<String> command(BootFiles boot);

  /**
   * Javisor itself, in a process of its own as the other peers are.
   *
   * @param start the command that starts {@code javisor}, before its arguments
   */
  record Javisor(List<String> start) implements Peer {
    public Javisor {
      start = List.copyOf(start);
    }

    @Override
    public String name() {
      return "javisor";
    }

    @Override
    public List<String> command(BootFiles boot) {
      List<String> command = new ArrayList<>(start);
      command.addAll(
          List.of(
              "run",
              "--cpus",
              Integer.toString(boot.cpus()),
              "--memory",
              Long.toString(boot.memory()),
              "--kernel",
              boot.kernel().toString(),
              "--initrd",
              boot.initialRamDisk().toString(),
              "--append",
              boot.words()));
      return command;
    }
  }

  /**
   * QEMU's system emulation with its just-in-time compiler. Linux runs in S-mode behind QEMU's own
   * firmware; virtio devices, were there any, would be modern ones.
   */
  record Qemu() implements Peer {
    private static final String PROGRAM = "qemu-system-riscv64";

    /** QEMU as it is installed here. */
    static Qemu installed() {
      String path = System.getenv().getOrDefault("PATH", "");
      if (Arrays.stream(path.split(":", -1))
          .noneMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)))) {
        throw ProblemException.hostLacks(
            PROGRAM + " is not installed",
            "apt-get install qemu-system-misc (from Debian 13 on qemu-system-riscv)");
      }
      return new Qemu();
    }

    @Override
    public String name() {
      return "qemu";
    }

    @Override
    public List<String> command(BootFiles boot) {
      return List.of(
          PROGRAM,
          "-machine",
          "virt",
          "-accel",
          "tcg",
          "-cpu",
          "rv64",
          "-smp",
          Integer.toString(boot.cpus()),
          "-m",
          "size=" + (boot.memory() >> 10) + "k",
          "-global",
          "virtio-mmio.force-legacy=false",
          "-nodefaults",
          "-display",
          "none",
          "-serial",
          "stdio",
          "-no-reboot",
          "-kernel",
          boot.kernel().toString(),
          "-initrd",
          boot.initialRamDisk().toString(),
          "-append",
          "console=ttyS0 " + boot.words());
    }
  }
}
