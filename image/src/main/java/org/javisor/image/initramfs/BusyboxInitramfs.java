package org.javisor.image.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The whole system of the busybox image: busybox, a few modules, and a first program of ours. */
public final class BusyboxInitramfs {
  /** The modules without which there is no device; loaded always. */
  private static final String TRANSPORT = "virtio_mmio";

  /** What is loaded when a virtio device of this kind (its id in the specification) is there. */
  private static final Map<String, List<String>> DRIVERS = drivers();

  /** A console device, whose driver is built in: it has the ports that the agent serves. */
  private static final String CONSOLE = "0x0003";

  /** What programs may ask for later, through modprobe. */
  private static final List<String> ON_DEMAND = List.of("crc32c_generic", "ext4");

  /**
   * What the kernel of Debian 13 needs for those besides. Naming them here saves reading a hundred
   * megabytes of modules a second time; a kernel that has some built in is fine too.
   */
  private static final Set<String> LIKELY =
      Set.of("failover", "net_failover", "jbd2", "mbcache", "crc16");

  private BusyboxInitramfs() {}

  private static Map<String, List<String>> drivers() {
    Map<String, List<String>> drivers = new LinkedHashMap<>();
    drivers.put("0x0001", List.of("virtio_net"));
    drivers.put("0x0002", List.of("virtio_blk"));
    drivers.put("0x0004", List.of("virtio_rng"));
    drivers.put("0x0005", List.of("virtio_balloon"));
    return drivers;
  }

  /** The modules it needs, without those they depend on. */
  public static Set<String> modules() {
    Set<String> names = new LinkedHashSet<>(List.of(TRANSPORT));
    DRIVERS.values().forEach(names::addAll);
    names.addAll(ON_DEMAND);
    return names;
  }

  /** Modules that those will most likely depend on. */
  public static Set<String> likelyModules() {
    return LIKELY;
  }

  /** The guest's side of running one command, a shell script to be read by others. */
  public static byte[] commandScript() throws IOException {
    return Script.bytes("command.sh");
  }

  /**
   * Writes the archive and closes the stream.
   *
   * @param busybox the statically linked program
   * @param release the kernel's release, such as {@code 6.12.1-riscv64}
   * @param modules at least {@link #modules} and what they depend on
   */
  public static void write(OutputStream out, byte[] busybox, String release, ModuleSet modules)
      throws IOException {
    try (CpioWriter cpio = new CpioWriter(out)) {
      for (String folder : List.of("dev", "proc", "sys", "sbin", "usr/bin", "usr/sbin", "run")) {
        cpio.directory(folder, 0755);
      }
      cpio.directory("root", 0700);
      cpio.characterDevice("dev/console", 0600, 5, 1);
      cpio.file("bin/busybox", 0755, busybox);
      cpio.file("etc/passwd", 0644, text("root:x:0:0:root:/root:/bin/sh\n"));
      cpio.file("etc/group", 0644, text("root:x:0:\n"));
      cpio.file("etc/hosts", 0644, text("127.0.0.1\tlocalhost busybox\n::1\tlocalhost\n"));
      cpio.file("etc/udhcpc.script", 0755, Script.bytes("udhcpc.sh"));
      cpio.file("etc/inittab", 0644, Script.bytes("inittab"));
      cpio.file("lib/javisor/session", 0755, Script.bytes("session.sh"));
      cpio.file("lib/javisor/command.sh", 0644, Script.bytes("command.sh"));
      cpio.file("lib/javisor/agent", 0755, Script.bytes("agent.sh"));
      cpio.file("lib/javisor/agent.awk", 0644, Script.bytes("agent.awk"));
      cpio.file("lib/javisor/agent-commands.sh", 0644, Script.bytes("agent-commands.sh"));
      String folder = "lib/modules/" + release + "/";
      for (String name : modules.names()) {
        cpio.file(folder + name + ".ko", 0644, Objects.requireNonNull(modules.get(name)).slim());
      }
      cpio.file(folder + "modules.dep", 0644, text(modules.dependencyFile()));
      cpio.file(folder + "modules.alias", 0644, text(modules.aliasFile()));
      cpio.file("init", 0755, text(init(release, modules)));
    }
  }

  private static String init(String release, ModuleSet modules) throws IOException {
    List<String> cases = new ArrayList<>();
    for (Map.Entry<String, List<String>> driver : DRIVERS.entrySet()) {
      StringBuilder line = new StringBuilder("    ").append(driver.getKey()).append(")");
      for (String name : modules.loadOrder(driver.getValue())) {
        line.append(" insmod /lib/modules/")
            .append(release)
            .append('/')
            .append(name)
            .append(".ko;");
      }
      cases.add(line.append(';').toString());
    }
    cases.add("    " + CONSOLE + ") agent=yes;;");
    return Script.text("busybox-init.sh")
        .replace("@RELEASE@", release)
        .replace("@DRIVERS@", String.join("\n", cases));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
