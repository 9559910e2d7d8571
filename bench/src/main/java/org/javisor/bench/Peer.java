package org.javisor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;

/** A program that can boot a machine with its serial console on standard output. */
sealed interface Peer {
  /** Its name in reports. */
  String name();

  /**
   * The command that boots the machine; it ends when the guest powers off or resets.
   *
   * @param statistics a file for what the peer itself counts, see {@link #codeCache}
   */
  List<String> command(BootFiles boot, Path statistics);

  /**
   * Bytes of compiled code in the peer's JVM when its machine ended, from the file that the command
   * wrote; empty if the peer does not tell.
   */
  OptionalLong codeCache(Path statistics);

  /**
   * Javisor itself, in a process of its own as the other peers are.
   *
   * @param start the command that starts {@code javisor}, before its arguments
   */
  record Javisor(List<String> start) implements Peer {
    private static final Pattern CODE_CACHE = Pattern.compile("\"codeCacheBytes\": (\\d{1,18})");

    public Javisor {
      start = List.copyOf(start);
    }

    @Override
    public String name() {
      return "javisor";
    }

    @Override
    public List<String> command(BootFiles boot, Path statistics) {
      List<String> command = new ArrayList<>(start);
      command.addAll(
          List.of(
              "run",
              "--stats-json",
              statistics.toString(),
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
      boot.disk().ifPresent(disk -> command.addAll(List.of("--disk", disk.toString())));
      return command;
    }

    @Override
    public OptionalLong codeCache(Path statistics) {
      try {
        Matcher field = CODE_CACHE.matcher(Files.readString(statistics));
        return field.find()
            ? OptionalLong.of(Long.parseLong(field.group(1)))
            : OptionalLong.empty();
      } catch (IOException e) {
        return OptionalLong.empty();
      }
    }
  }

  /**
   * QEMU's system emulation with its just-in-time compiler. Linux runs in S-mode behind QEMU's own
   * firmware. A machine with a disk has the other devices of ours too, all of them modern ones.
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
    public List<String> command(BootFiles boot, Path statistics) {
      List<String> command = new ArrayList<>(machine(boot));
      boot.disk().ifPresent(disk -> command.addAll(devices(disk)));
      return command;
    }

    /**
     * The command for a machine of an image without a disk, whose state can be written and read
     * again; without Sstc, see {@link QemuSnapshots}.
     */
    List<String> snapshotCommand(Image image, int cpus, long memory) {
      BootFiles boot =
          new BootFiles(
              image.kernel(),
              image.initialRamDisk(),
              Optional.empty(),
              image.commandLine(),
              cpus,
              memory);
      List<String> command = new ArrayList<>(machine(boot));
      command.set(command.indexOf("rv64"), "rv64,sstc=off");
      command.addAll(network());
      return command;
    }

    /** Like ours: a network that leads nowhere, a source of entropy, a disk that keeps nothing. */
    private static List<String> devices(Path disk) {
      List<String> devices = new ArrayList<>();
      devices.add("-drive");
      // A comma in an option is written twice.
      devices.add(
          "if=none,id=disk,format=raw,snapshot=on,file=" + disk.toString().replace(",", ",,"));
      devices.add("-device");
      devices.add("virtio-blk-device,drive=disk");
      devices.addAll(network());
      return devices;
    }

    private static List<String> network() {
      return List.of(
          "-netdev",
          "hubport,id=net,hubid=0",
          "-device",
          "virtio-net-device,netdev=net",
          "-device",
          "virtio-rng-device");
    }

    private static List<String> machine(BootFiles boot) {
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

    @Override
    public OptionalLong codeCache(Path statistics) {
      return OptionalLong.empty();
    }
  }
}
