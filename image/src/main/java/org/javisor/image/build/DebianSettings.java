package org.javisor.image.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.javisor.image.initramfs.BusyboxInitramfs;

/** What is ours in a Debian system: settings, and the guest's side of running one command. */
final class DebianSettings {
  /** The label by which the system finds its root file system. */
  static final String ROOT_LABEL = "javisor-root";

  private static final String UNITS = "etc/systemd/system/";

  /**
   * Units that are switched off once everything is configured. Updates from the network in a
   * machine that lives for seconds and may have no network would be its one failed unit. There is
   * no screen to log in at. The modules would be loaded for the login manager and the crash store
   * in case there is a screen or EFI firmware, which there is not; the first of them alone costs a
   * thousand million instructions.
   */
  private static final List<String> MASKED =
      List.of(
          "apt-daily.timer",
          "apt-daily-upgrade.timer",
          "apt-daily.service",
          "apt-daily-upgrade.service",
          "getty@tty1.service",
          "modprobe@drm.service",
          "modprobe@efi_pstore.service");

  private static final List<String> NETWORK_UNITS =
      List.of("systemd-networkd.service", "systemd-networkd-persistent-storage.service");

  private static final List<String> NAME_SERVER_UNITS =
      List.of("javisor-resolv-conf.path", "javisor-resolv-conf.service");

  private DebianSettings() {}

  /** Adds them; packages that come later would replace them. */
  static void addTo(RootTree tree) throws IOException {
    tree.text("etc/hostname", "debian\n");
    tree.text(
        "etc/hosts",
        """
        127.0.0.1\tlocalhost debian
        ::1\tlocalhost ip6-localhost ip6-loopback
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters
        """);
    // Without a number of a pass nothing is checked: the journal sees to consistency.
    tree.text(
        "etc/fstab", "LABEL=" + ROOT_LABEL + " / ext4 errors=remount-ro,x-systemd.growfs 0 0\n");
    // A machine may run a hundred times slower than those the usual 90 seconds are meant for.
    tree.text(
        "etc/systemd/system.conf.d/patience.conf",
        """
        [Manager]
        DefaultTimeoutStartSec=15min
        DefaultDeviceTimeoutSec=15min
        """);
    network(tree);
    command(tree);
    // What the agent has started outlives it, should it be restarted.
    tree.text(
        UNITS + "qemu-guest-agent.service.d/commands-stay.conf",
        """
        [Service]
        KillMode=process
        """);
  }

  private static void network(RootTree tree) throws IOException {
    tree.text(
        "etc/systemd/network/80-dhcp.network",
        """
        [Match]
        Name=e*

        [Link]
        RequiredForOnline=no

        [Network]
        DHCP=yes

        [DHCPv4]
        UseDomains=yes
        """);
    // At the start for what is known by then, and whenever it changes.
    tree.file("usr/lib/javisor/resolv-conf", 0755, resource("resolv-conf.sh"));
    for (String unit : NAME_SERVER_UNITS) {
      tree.file("usr/lib/systemd/system/" + unit, 0644, resource(unit));
      tree.link(UNITS + "multi-user.target.wants/" + unit, "/usr/lib/systemd/system/" + unit);
    }
    tree.link(
        UNITS + "multi-user.target.wants/systemd-networkd.service",
        "/usr/lib/systemd/system/systemd-networkd.service");
    // Conditions, and not dependencies: without a network device nothing has failed.
    for (String unit : NETWORK_UNITS) {
      tree.text(
          UNITS + unit + ".d/only-with-a-network.conf",
          """
          [Unit]
          ConditionPathExistsGlob=/sys/bus/virtio/drivers/virtio_net/virtio*
          """);
    }
  }

  private static void command(RootTree tree) throws IOException {
    tree.file("usr/lib/javisor/run-command", 0755, resource("javisor-command.sh"));
    tree.file("usr/lib/javisor/command.sh", 0644, BusyboxInitramfs.commandScript());
    tree.file(
        "usr/lib/systemd/system/javisor-command.service",
        0644,
        resource("javisor-command.service"));
    tree.link(
        UNITS + "multi-user.target.wants/javisor-command.service",
        "/usr/lib/systemd/system/javisor-command.service");
    // The console belongs to the command, or to nobody while one runs on ports of its own.
    tree.text(
        UNITS + "serial-getty@ttyS0.service.d/not-with-a-command.conf",
        """
        [Unit]
        ConditionKernelCommandLine=!javisor.command
        """);
  }

  /** The script that configures the unpacked packages inside a machine. */
  static byte[] configureScript(List<String> withPreinst) throws IOException {
    return new String(resource("configure-debian.sh"), StandardCharsets.UTF_8)
        .replace("@PREINST@", String.join(" ", withPreinst))
        .replace("@MASKED@", String.join(" ", MASKED))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The script that installs the packages on the second disk inside a machine. */
  static byte[] addScript() throws IOException {
    return resource("add-packages.sh");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = DebianSettings.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    }
  }
}
