package org.javisor.host;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.javisor.image.debian.Mirror;

/** Looks over this host: what machines need, and what single features need. */
public final class HostCheck {
  private static final long ENOUGH_MEMORY = 512L << 20;
  private static final long ENOUGH_ROOM = 3L << 30;
  private static final int NEEDED_JAVA = 25;

  private final Map<String, String> environment;
  private final Path dataFolder;

  /** A check by this environment, of the data folder at this place. */
  public HostCheck(Map<String, String> environment, Path dataFolder) {
    this.environment = Map.copyOf(environment);
    this.dataFolder = dataFolder;
  }

  /** What a check found. */
  public enum Verdict {
    /** All is well. */
    OK,
    /** A feature will not work, or not as well as it could; machines run. */
    LIMITED,
    /** Machines or images will not work. */
    LACKING
  }

  /**
   * One thing looked at.
   *
   * @param topic what was looked at, one word
   * @param verdict how it is
   * @param found what was found
   * @param fix what to do, one line; empty where all is well
   */
  public record Finding(String topic, Verdict verdict, String found, String fix) {}

  /** Looks at everything. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(memory());
    findings.add(room());
    findings.add(mirror());
    findings.add(kvm());
    findings.add(program("passt", "passt", "uplinks of virtual networks", Verdict.LIMITED));
    findings.add(program("qemu", "qemu-system-riscv64", "bench --against qemu", Verdict.LIMITED));
    findings.add(program("gcc", "riscv64-linux-gnu-gcc", "bench", Verdict.LIMITED));
    return findings;
  }

  private static Finding java() {
    Runtime.Version version = Runtime.version();
    return version.feature() >= NEEDED_JAVA
        ? new Finding("jdk", Verdict.OK, "JDK " + version, "")
        : new Finding("jdk", Verdict.LACKING, "JDK " + version, "install JDK 25: ./javisor setup");
  }

  private static Finding memory() {
    Optional<Long> available = SystemMemory.now().map(SystemMemory::available);
    if (available.isEmpty()) {
      return new Finding("memory", Verdict.OK, "not told by this system", "");
    }
    String found = ByteSize.format(available.get()) + " available";
    return available.get() >= ENOUGH_MEMORY
        ? new Finding("memory", Verdict.OK, found, "")
        : new Finding(
            "memory", Verdict.LIMITED, found, "end other programs or use a smaller --memory");
  }

  private Finding room() {
    try {
      Path existing = dataFolder;
      for (Path parent = existing; parent != null; parent = parent.getParent()) {
        existing = parent;
        if (Files.exists(parent)) {
          break;
        }
      }
      if (!Files.isWritable(existing)) {
        return new Finding(
            "room",
            Verdict.LACKING,
            existing + " cannot be written to",
            "make it writable or set JAVISOR_HOME to another folder");
      }
      FileStore store = Files.getFileStore(existing);
      String found = ByteSize.format(store.getUsableSpace()) + " left for " + dataFolder;
      return store.getUsableSpace() >= ENOUGH_ROOM
          ? new Finding("room", Verdict.OK, found, "")
          : new Finding(
              "room",
              Verdict.LIMITED,
              found,
              "make room, or set JAVISOR_HOME to a folder with "
                  + ByteSize.format(ENOUGH_ROOM)
                  + " left");
    } catch (IOException e) {
      return new Finding(
          "room", Verdict.LACKING, String.valueOf(e.getMessage()), "set JAVISOR_HOME");
    }
  }

  private Finding mirror() {
    try {
      Mirror mirror = Mirror.find(null, environment, aptFolder(environment));
      return new Finding("mirror", Verdict.OK, mirror.candidates().getFirst().toString(), "");
    } catch (IOException e) {
      return new Finding(
          "mirror",
          Verdict.LACKING,
          "no Debian mirror is known",
          "give --mirror URI, set JAVISOR_MIRROR, or put mirror=URI into "
              + Mirror.configurationFile(environment));
    }
  }

  /** Where this host's package manager is configured; tests look under another root. */
  static Path aptFolder(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("JAVISOR_SYSTEM_ROOT", "/"), "etc", "apt");
  }

  private static Finding kvm() {
    Path device = Path.of("/dev/kvm");
    if (!Files.exists(device)) {
      return new Finding(
          "kvm", Verdict.OK, "no /dev/kvm; machines do not need it, their harts are computed", "");
    }
    return new Finding("kvm", Verdict.OK, "/dev/kvm is here; machines do not need it", "");
  }

  private Finding program(String topic, String program, String use, Verdict otherwise) {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, program);
      if (Files.isExecutable(file)) {
        return new Finding(topic, Verdict.OK, file.toString(), "");
      }
    }
    return new Finding(
        topic,
        otherwise,
        program + " is not here, which is needed for " + use,
        "install it, on Debian: apt-get install " + debianPackage(program));
  }

  private static String debianPackage(String program) {
    return switch (program) {
      case "qemu-system-riscv64" -> "qemu-system-misc";
      case "riscv64-linux-gnu-gcc" -> "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross";
      default -> program;
    };
  }
}
