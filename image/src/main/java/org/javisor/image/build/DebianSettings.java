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
   * Units that are switched off: updates from the network in a machine that lives for seconds and
   * may have no network, where they would be the one failed unit.
   */
  private static final List<String> MASKED =
      List.of(
          "apt-daily.timer",
          "apt-daily-upgrade.timer",
          "apt-daily.service",
          "apt-daily-upgrade.service");

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
    network(tree);
    command(tree);
    for (String unit : MASKED) {
      tree.link(UNITS + unit, "/dev/null");
    }
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
        """);
    tree.link(
        UNITS + "multi-user.target.wants/systemd-networkd.service",
        "/usr/lib/systemd/system/systemd-networkd.service");
    tree.text(
        UNITS + "systemd-networkd.service.d/only-with-a-network.conf",
        """
        [Unit]
        ConditionPathExistsGlob=/sys/bus/virtio/drivers/virtio_net/virtio*
        """);
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
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = DebianSettings.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    }
  }
}
